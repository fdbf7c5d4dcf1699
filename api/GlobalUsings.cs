global using System.Collections.Immutable;
global using Microsoft.AspNetCore.Http.HttpResults;
global using Microsoft.Extensions.Options;
global using ApiKeyRoute = Platform.Api.Http.IdRoute<Platform.ApiKeyId>;
global using ErasureRoute = Platform.Api.Http.IdRoute<Platform.ErasureId>;
global using ScenarioRoute = Platform.Api.Http.IdRoute<Platform.ScenarioId>;
global using SnippetRoute = Platform.Api.Http.IdRoute<Platform.SnippetId>;
global using SupportGrantRoute = Platform.Api.Http.IdRoute<Platform.SupportGrantId>;
global using UserRoute = Platform.Api.Http.IdRoute<Platform.UserId>;
