using System.Collections.Immutable;
using System.Net;
using DnsClient;
using DnsClient.Protocol;
using Microsoft.Extensions.Options;

namespace Platform.Snippets;

/// <summary>Asks name servers, each question once: nothing is cached, so that a proof that is there now is found, and one that is gone is not.</summary>
internal sealed class DomainResolver(IOptions<SnippetOptions> options)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly Lazy<LookupClient> _client = new(() => Create(options.Value));

    /// <summary>The texts of all TXT records; strings of one record are one text (RFC 7208, 3.3). Asked over TCP where the answer does not fit into a datagram.</summary>
    /// <exception cref="DnsResponseException">No name server has answered.</exception>
    public async Task<ImmutableArray<string>> ReadTxtAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(name, QueryType.TXT, cancellationToken);
        return [.. answer.Answers.TxtRecords().Select(record => string.Concat(record.Text))];
    }

    /// <summary>All addresses of a host, of both families.</summary>
    /// <inheritdoc cref="ReadTxtAsync"/>
    public async Task<ImmutableArray<IPAddress>> ReadAddressesAsync(string host, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(AskAsync(host, QueryType.A, cancellationToken), AskAsync(host, QueryType.AAAA, cancellationToken));
        return [.. answers.SelectMany(answer => answer.Answers.OfType<AddressRecord>()).Select(record => record.Address)];
    }

    private async Task<IDnsQueryResponse> AskAsync(string name, QueryType type, CancellationToken cancellationToken)
    {
        // With the trailing dot: never completed by a search list of this machine.
        var answer = await _client.Value.QueryAsync(name + ".", type, cancellationToken: cancellationToken);
        if (answer.HasError && answer.Header.ResponseCode != DnsHeaderResponseCode.NotExistentDomain) throw new DnsResponseException((DnsResponseCode)answer.Header.ResponseCode);
        return answer;
    }

    private static LookupClient Create(SnippetOptions options)
    {
        var lookup = options.NameServers.Length == 0
            ? new LookupClientOptions()
            : new LookupClientOptions([.. options.NameServers.Select(server => new NameServer(IPEndPoint.Parse(server) is { Port: 0 } bare ? new IPEndPoint(bare.Address, NameServer.DefaultPort) : IPEndPoint.Parse(server)))]);
        lookup.Timeout = Timeout;
        lookup.Retries = 1;
        lookup.UseCache = false;
        lookup.UseTcpFallback = true;
        lookup.ThrowDnsErrors = false;
        return new LookupClient(lookup);
    }
}
