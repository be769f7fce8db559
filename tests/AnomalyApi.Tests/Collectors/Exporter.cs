using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace AnomalyApi.Tests.Collectors;

/// <summary>Sends datagrams to the collector of a service over loopback, and reads what the service says of them.</summary>
internal sealed class Exporter : IDisposable
{
    private readonly TestService _service;
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    private Exporter(TestService service, int port)
    {
        _service = service;
        Port = port;
        _socket.Connect(IPAddress.Loopback, port);
    }

    /// <summary>Settings of a collector on a port of its own, without a wait for others of a batch.</summary>
    public static (string Key, string Value)[] Settings { get; } =
    [
        ("Collectors:NetFlow:Endpoints:0", "127.0.0.1:0"), ("Collectors:NetFlow:BatchInterval", "00:00:00.1"), ("Collectors:NetFlow:PairingWindow", "00:00:00.3"),
    ];

    public int Port { get; }

    public static async Task<Exporter> ToAsync(TestService service) => new(service, PortOf(await CollectorAsync(service)));

    public static async Task<JsonElement> CollectorAsync(TestService service) => (await service.GetAsync("/v1/collectors")).EnumerateArray().Single();

    public Exporter Send(byte[] datagram)
    {
        _socket.Send(datagram);
        return this;
    }

    /// <summary>Waits until the collector's count is that, and returns it all.</summary>
    public async Task<JsonElement> UntilAsync(string count, long value)
    {
        var collector = default(JsonElement);
        await TestService.UntilAsync(
            async () => (collector = await CollectorAsync(_service)).GetProperty(count).GetInt64() >= value,
            $"{count} {value} in the collector");
        return collector;
    }

    /// <summary>The flows stored, newest last.</summary>
    public async Task<List<JsonElement>> FlowsAsync() => [.. (await _service.GetAsync("/v1/flows?limit=1000")).GetProperty("items").EnumerateArray()];

    public void Dispose() => _socket.Dispose();

    private static int PortOf(JsonElement collector) =>
        IPEndPoint.Parse(collector.GetProperty("endpoints")[0].GetProperty("address").GetString()!).Port;
}
