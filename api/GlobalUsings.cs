global using System.Collections.Immutable;
global using Microsoft.AspNetCore.Http.HttpResults;
global using Microsoft.Extensions.Options;
global using ApiKeyRoute = Platform.Api.Binding.IdRoute<Platform.ApiKeyId>;
global using ErasureRoute = Platform.Api.Binding.IdRoute<Platform.ErasureId>;
global using ScenarioRoute = Platform.Api.Binding.IdRoute<Platform.ScenarioId>;
global using SnippetRoute = Platform.Api.Binding.IdRoute<Platform.SnippetId>;
global using SupportGrantRoute = Platform.Api.Binding.IdRoute<Platform.SupportGrantId>;
global using UserRoute = Platform.Api.Binding.IdRoute<Platform.UserId>;
