using System.Buffers.Text;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Security;
using Platform.Text;

namespace Platform.Api.Paging;

/// <summary>A page of a list as it goes over the wire.</summary>
internal sealed record ListBody<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>On an endpoint: its answer comes in pages.</summary>
internal sealed class PagedMetadata : IQueryMetadata
{
    public static readonly PagedMetadata Instance = new();

    public ImmutableArray<string> Names { get; } = ["limit", "cursor"];
}

/// <summary><c>?limit=</c> and <c>?cursor=</c>, each at most once.</summary>
internal sealed record PageQuery(int Limit, string? Cursor, Problem? Problem) : IBindingResult, IEndpointParameterMetadataProvider
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    public static ValueTask<PageQuery> BindAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (limits, cursors) = (query["limit"], query["cursor"]);
        var limit = DefaultLimit;
        Problem? problem = null;
        if (limits.Count > 1 || (limits.Count == 1 && !IsLimit(limits[0], out limit)))
        {
            problem = Problem.Invalid("?limit", "invalid_limit", $"limit is one whole number from 1 to {MaxLimit}.");
        }
        else if (cursors.Count > 1)
        {
            problem = Cursors.Invalid;
        }

        return new(new PageQuery(limit, cursors.Count == 1 ? cursors[0] : null, problem));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(PagedMetadata.Instance);

    private static bool IsLimit(string? text, out int limit) =>
        WholeNumber.TryParse(text, out limit) && limit is >= 1 and <= MaxLimit;
}

/// <summary>
/// Seals the key after which a list goes on. A cursor opens only for the list and tenant it was made for (threat T51) and shows nothing of what it holds.
/// </summary>
internal sealed class Cursors(MasterKey master)
{
    public static Problem Invalid => Problem.Invalid("?cursor", "invalid_cursor", "cursor is not one that this list gave out.");

    /// <summary>The page that is asked for, as it is answered.</summary>
    /// <param name="query">What was asked.</param>
    /// <param name="list">Names the list with everything that makes it another one: tenant, owner, filter.</param>
    /// <param name="read">Reads the page, or refuses.</param>
    /// <param name="toBody">Of one item.</param>
    public async Task<Results<Ok<ListBody<TBody>>, Problem>> AnswerAsync<T, TBody>(
        PageQuery query, string list, Func<PageRequest, Task<Outcome<Page<T>>>> read, Func<T, TBody> toBody) where T : class
    {
        if (!TryOpen(query, list, out var page)) return Invalid;
        var outcome = await read(page);
        return outcome.Value is { } found ? TypedResults.Ok(ToBody(found, list, toBody)) : outcome.ToProblem();
    }

    public bool TryOpen(PageQuery query, string list, out PageRequest page)
    {
        page = new PageRequest(query.Limit, After: null);
        if (query.Cursor is null) return true;
        if (query.Cursor.Length is 0 or > 2048) return false;
        try
        {
            page = page with { After = Encoding.UTF8.GetString(master.Unwrap(Base64Url.DecodeFromChars(query.Cursor), Purpose(list))) };
            return true;
        }
        catch (Exception failure) when (failure is FormatException or CryptographicException)
        {
            return false;
        }
    }

    public ListBody<TBody> ToBody<T, TBody>(Page<T> page, string list, Func<T, TBody> toBody) where T : class => new(
        [.. page.Items.Select(toBody)],
        page.Next is null ? null : Base64Url.EncodeToString(master.Wrap(Encoding.UTF8.GetBytes(page.Next), Purpose(list)).AsSpan()));

    private static string Purpose(string list) => "cursor:" + list;
}
