using System.Diagnostics.Metrics;
using AnomalyApi.Flows.Formats.NetFlow;
using AnomalyApi.Platform.Metrics;

namespace AnomalyApi.Collectors;

/// <summary>What the collectors count, for those who look at <c>/metrics</c>: read from the collector, which counts anyway.</summary>
internal sealed class CollectorMetrics
{
    public CollectorMetrics(ServiceMetrics metrics, NetFlowCollector collector)
    {
        metrics.ObserveCounts(
            "anomaly.collector.datagrams", "{datagram}", "Datagrams by what became of them.", () => collector.Sockets.Count == 0 ? [] : Datagrams(CollectorView.Of(collector)));
        metrics.ObserveCounts(
            "anomaly.collector.records", "{record}", "Data records by what became of them.", () => Records(collector.Statistics()?.Totals));
        metrics.ObserveCounts(
            "anomaly.collector.flows", "{flow}", "Flows by what became of them.", () => collector.Sockets.Count == 0 ? [] : Flows(collector.Store));
        metrics.ObserveCounts(
            "anomaly.collector.sets", "{set}", "Data sets that came before their template, by what became of them.", () => Sets(collector.Statistics()?.Totals));
        metrics.ObserveCounts(
            "anomaly.collector.missed", "{unit}", "What sequence numbers miss, by protocol: flows, packets, records, datagrams.", () => Missed(collector.Statistics()?.Totals));
        metrics.Observe("anomaly.collector.queue", "By", "Bytes of datagrams that wait for decoding.", () => collector.Queue.Bytes);
        metrics.Observe("anomaly.collector.exporters", "{exporter}", "Exporters that are remembered.", () => collector.Statistics()?.Exporters.Count ?? 0);
        metrics.Observe("anomaly.collector.templates", "{template}", "Templates that are remembered.", () => collector.Statistics()?.Templates ?? 0);
    }

    private static IEnumerable<Measurement<long>> Datagrams(CollectorView view) =>
    [
        Of("outcome", "decoded", view.Decoded),
        Of("outcome", "malformed", view.Malformed),
        Of("outcome", "refused", view.Refused),
        Of("outcome", "queue_dropped", view.QueueDropped),
        Of("outcome", "kernel_dropped", view.KernelDropped ?? 0),
    ];

    private static IEnumerable<Measurement<long>> Records(ExporterStatistics? totals) => totals is null ? [] :
    [
        Of("outcome", "flow", totals.Flows),
        Of("outcome", "paired", totals.Paired),
        Of("outcome", "skipped", totals.Skipped),
        Of("outcome", "rejected", totals.Rejected),
    ];

    private static IEnumerable<Measurement<long>> Flows(BatchStore store) =>
        [Of("outcome", "stored", store.Stored), Of("outcome", "duplicate", store.Duplicates), Of("outcome", "dropped", store.Dropped)];

    private static IEnumerable<Measurement<long>> Sets(ExporterStatistics? totals) => totals is null ? [] :
    [
        Of("outcome", "held", totals.SetsHeld),
        Of("outcome", "decoded", totals.SetsDecodedLate),
        Of("outcome", "expired", totals.SetsExpired),
    ];

    private static IEnumerable<Measurement<long>> Missed(ExporterStatistics? totals) => totals is null ? [] :
    [
        Of("protocol", "netflow5", totals.MissedFlows),
        Of("protocol", "netflow9", totals.MissedPackets),
        Of("protocol", "ipfix", totals.MissedRecords),
        Of("protocol", "sflow5", totals.MissedDatagrams),
    ];

    private static Measurement<long> Of(string tag, string value, long count) => new(count, new KeyValuePair<string, object?>(tag, value));
}
