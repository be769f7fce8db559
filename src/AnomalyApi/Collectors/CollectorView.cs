namespace AnomalyApi.Collectors;

/// <summary>A collector and what came of all that it received in this process.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Endpoints">The addresses it listens on; empty when it is off.</param>
/// <param name="Received">Datagrams taken from the kernel.</param>
/// <param name="KernelDropped">Datagrams that came and found the kernel's buffer full; null where it does not tell.</param>
/// <param name="Refused">Datagrams of exporters that are not allowed.</param>
/// <param name="QueueDropped">Datagrams for which there was no room in the queue.</param>
/// <param name="QueueBytes">Bytes of datagrams that wait for decoding.</param>
/// <param name="Decoded">Datagrams decoded that were in order.</param>
/// <param name="Malformed">Datagrams decoded that were not in order.</param>
/// <param name="WaitingRecords">Records that wait for their other direction.</param>
/// <param name="HeldSets">Data sets that wait for their template.</param>
/// <param name="Templates">Templates known.</param>
/// <param name="ForgottenExporters">Exporters that were forgotten, since there were too many.</param>
/// <param name="Flows">Flows decoded.</param>
/// <param name="Stored">Flows stored.</param>
/// <param name="Duplicates">Flows that another sensor had reported.</param>
/// <param name="Dropped">Flows that could not be stored.</param>
/// <param name="Exporters">The exporters it has heard.</param>
internal sealed record CollectorView(
    string Name,
    IReadOnlyList<CollectorEndpointView> Endpoints,
    long Received,
    long? KernelDropped,
    long Refused,
    long QueueDropped,
    long QueueBytes,
    long Decoded,
    long Malformed,
    int WaitingRecords,
    int HeldSets,
    int Templates,
    long ForgottenExporters,
    long Flows,
    long Stored,
    long Duplicates,
    long Dropped,
    IReadOnlyList<ExporterView> Exporters)
{
    public static CollectorView Of(NetFlowCollector collector)
    {
        var endpoints = collector.Sockets.Select(CollectorEndpointView.Of).ToList();
        var decoder = collector.Statistics();
        return new CollectorView(
            BatchStore.Format,
            endpoints,
            endpoints.Sum(endpoint => endpoint.Received),
            endpoints.Any(endpoint => endpoint.KernelDropped is null) ? null : endpoints.Sum(endpoint => endpoint.KernelDropped),
            collector.Sockets.Sum(socket => socket.Refused),
            collector.Queue.Dropped,
            collector.Queue.Bytes,
            decoder is null ? 0 : decoder.Datagrams - decoder.Malformed,
            decoder?.Malformed ?? 0,
            decoder?.Waiting ?? 0,
            decoder?.HeldSets ?? 0,
            decoder?.Templates ?? 0,
            decoder?.ForgottenExporters ?? 0,
            decoder?.Totals.Flows ?? 0,
            collector.Store.Stored,
            collector.Store.Duplicates,
            collector.Store.Dropped,
            [.. (decoder?.Exporters ?? []).OrderBy(exporter => exporter.Address).Select(ExporterView.Of)]);
    }
}
