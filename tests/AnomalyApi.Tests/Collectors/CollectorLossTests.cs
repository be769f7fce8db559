using System.Text.Json;
using AnomalyApi.Testing;
using static AnomalyApi.Testing.ExportWriter;

namespace AnomalyApi.Tests.Collectors;

/// <summary>Whatever is lost at full speed is counted where it was lost.</summary>
public sealed class CollectorLossTests
{
    private const int Datagrams = 20_000;
    private const int Records = 30;

    [Theory]
    // Small buffers, so that the kernel and the queue lose some; and the defaults.
    [InlineData(65_536, 1_048_576)]
    [InlineData(8_388_608, 67_108_864)]
    public async Task Sent_received_decoded_and_stored_add_up(int receiveBuffer, long queue)
    {
        await using var service = await TestService.StartAsync(
            settings: [.. Exporter.Settings, ("Collectors:NetFlow:ReceiveBufferBytes", $"{receiveBuffer}"), ("Collectors:NetFlow:QueueBytes", $"{queue}")]);
        using var exporter = await Exporter.ToAsync(service);
        for (var i = 0; i < Datagrams; i++)
        {
            exporter.Send(Datagram(i));
        }

        await SettleAsync(service);
        // One more, so that the sequence numbers show what was lost at the end.
        exporter.Send(Datagram(Datagrams));
        await TestService.UntilAsync(async () => Count(await Exporter.CollectorAsync(service), "received") > 0, "the last datagram");
        var collector = await SettleAsync(service);

        var heard = collector.GetProperty("exporters").EnumerateArray().Single();
        Assert.Equal(Datagrams + 1, Count(collector, "received") + Count(collector, "kernel_dropped"));
        Assert.Equal(Count(collector, "received"), Count(collector, "refused") + Count(collector, "queue_dropped") + Count(collector, "decoded") + Count(collector, "malformed"));
        Assert.Equal(Records * Count(collector, "decoded"), Count(heard, "records"));
        Assert.Equal(Count(heard, "records"), Count(heard, "flows") + Count(heard, "paired") + Count(heard, "skipped") + Count(heard, "rejected") + Count(collector, "waiting_records"));
        Assert.Equal(Count(heard, "flows"), Count(collector, "stored") + Count(collector, "duplicates") + Count(collector, "dropped"));
        // What the exporter's own numbers say is the same.
        Assert.Equal(Records * (Count(collector, "kernel_dropped") + Count(collector, "queue_dropped")), Count(heard, "missed"));
        var stored = (await service.GetAsync("/v1/stats")).GetProperty("flows").GetInt64();
        Assert.Equal(Count(collector, "stored"), stored);
        TestContext.Current.TestOutputHelper?.WriteLine(collector.ToString());
    }

    private static byte[] Datagram(int number)
    {
        var records = new ExportWriter[Records];
        for (var i = 0; i < Records; i++)
        {
            records[i] = V5Record("10.0.0.1", "192.0.2.80", 1024 + (number % 2000), 1024 + i, 17, 1, 100, 0, 0);
        }

        return V5(1_717_243_200, 1_000_000, (long)number * Records, 0, records);
    }

    // Until nothing waits and nothing has moved for half a second. That all flows come to be stored or counted as lost is waited for, and fails when it does not come to be.
    private static async Task<JsonElement> SettleAsync(TestService service)
    {
        var last = "";
        var collector = default(JsonElement);
        await TestService.UntilAsync(
            async () =>
            {
                await Task.Delay(500);
                collector = await Exporter.CollectorAsync(service);
                var isSettled = collector.ToString() == last && Count(collector, "queue_bytes") == 0 && Count(collector, "waiting_records") == 0
                    && Count(collector, "flows") == Count(collector, "stored") + Count(collector, "duplicates") + Count(collector, "dropped");
                last = collector.ToString();
                return isSettled;
            },
            "a collector at rest");
        return collector;
    }

    private static long Count(JsonElement element, string name) => element.GetProperty(name).GetInt64();
}
