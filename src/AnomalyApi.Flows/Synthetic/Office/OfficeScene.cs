using AnomalyApi.Flows.Synthetic.Shapes;

namespace AnomalyApi.Flows.Synthetic;

/// <summary>What roles make their flows with: chance, and who talks to whom.</summary>
internal sealed class OfficeScene(SyntheticRandom random)
{
    private const double IPv6Share = 0.4;

    public SyntheticRandom Random { get; } = random;

    /// <summary>From one machine of the office to another; over IPv6 now and then where both can.</summary>
    public void Between(ref FlowSketch flow, in OfficeHost client, in OfficeHost server, int port, string? service)
    {
        var isIPv6 = client.IsDualStack && server.IsDualStack && Random.Chance(IPv6Share);
        Between(ref flow, isIPv6 ? client.IPv6 : client.IPv4, isIPv6 ? server.IPv6 : server.IPv4, port, service);
    }

    /// <summary>From a machine of the office to somebody outside.</summary>
    public void ToOutside(ref FlowSketch flow, in OfficeHost client, int port, string? service)
    {
        if (client.IsDualStack && Random.Chance(IPv6Share))
            Between(ref flow, client.IPv6, OfficeNetwork.OutsideIPv6(Random), port, service);
        else
            Between(ref flow, client.IPv4, OfficeNetwork.Outside(Random), port, service);
    }

    /// <summary>From anybody on the Internet to a server of the office.</summary>
    public void FromOutside(ref FlowSketch flow, in OfficeHost server, int port, string? service) =>
        Between(ref flow, OfficeNetwork.Anybody(Random), server.IPv4, port, service);

    public void Between(ref FlowSketch flow, in IpAddressValue source, in IpAddressValue destination, int port, string? service)
    {
        flow.Source = source;
        flow.Destination = destination;
        flow.SourcePort = Random.Between(49_152, 65_536);
        flow.DestinationPort = port;
        flow.Service = service;
    }

    /// <summary>A name is looked up at the office's resolver, which mostly knows it already.</summary>
    public void LookUp(ref FlowSketch flow, in OfficeHost client)
    {
        Between(ref flow, client, OfficeNetwork.Dns, 53, "dns");
        UdpShape.Ask(ref flow, Random, 42, 130, Random.Chance(0.7) ? 0.0006 : 0.02);
    }

    /// <summary>The time is asked of the office's clock.</summary>
    public void AskTime(ref FlowSketch flow, in OfficeHost client)
    {
        Between(ref flow, client, OfficeNetwork.Dns, 123, "ntp");
        flow.SourcePort = Random.Chance(0.5) ? 123 : flow.SourcePort;
        UdpShape.Datagrams(ref flow, 1, 48, 1, 48, Random.LogNormal(0.0008, 0.5));
    }

    /// <summary>A page of the web, over TLS mostly, over QUIC where the site offers it, seldom in the clear.</summary>
    public void Browse(ref FlowSketch flow, in OfficeHost client)
    {
        var dice = Random.Uniform();
        if (dice < 0.72)
        {
            ToOutside(ref flow, client, 443, "ssl");
            TcpShape.Talk(ref flow, Random, 2_300, 18_000, 6);
        }
        else if (dice < 0.9)
        {
            ToOutside(ref flow, client, 443, "quic");
            UdpShape.Stream(ref flow, Random.LogNormal(3_500, 0.6), Random.LogNormal(22_000, 1.1), 1_230, Random.LogNormal(8, 0.9));
        }
        else
        {
            ToOutside(ref flow, client, 80, "http");
            TcpShape.Talk(ref flow, Random, 420, 5_000, 0.4);
        }
    }

    /// <summary>A site that is down, or a name that still points to a machine that is gone.</summary>
    public void BrowseInVain(ref FlowSketch flow, in OfficeHost client)
    {
        ToOutside(ref flow, client, 443, null);
        if (Random.Chance(0.6))
            TcpShape.Unanswered(ref flow, Random.Between(2, 5));
        else
            TcpShape.Refused(ref flow, Random);
    }
}
