using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Flows.Formats.NetFlow;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Collectors;

/// <summary>
/// Listens for NetFlow, IPFIX and sFlow: sockets fill a queue, one decoder empties it into batches, and these take the way of every sensor's. When
/// the service stops, what was received is decoded and stored.
/// </summary>
internal sealed partial class NetFlowCollector(
    IOptions<NetFlowCollectorOptions> options, BatchStore store, TemplateFile templates, TimeProvider time, ILogger<NetFlowCollector> logger) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SaveInterval = TimeSpan.FromMinutes(1);

    private readonly NetFlowCollectorOptions _options = options.Value;
    private readonly DatagramQueue _queue = new(options.Value.QueueBytes);
    private NetFlowDecoder? _decoder;
    private FlowReadTarget? _gathering;
    private long _gatheringSince;
    private bool _hasFailed;

    /// <summary>The addresses it listens on; empty when it is off.</summary>
    public IReadOnlyList<CollectorSocket> Sockets { get; private set; } = [];

    /// <summary>Where datagrams wait.</summary>
    public DatagramQueue Queue => _queue;

    /// <summary>Where flows are stored.</summary>
    public BatchStore Store => store;

    /// <summary>What was decoded; null when it is off.</summary>
    public NetFlowStatistics? Statistics() => _decoder?.Statistics();

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Opened before the service says that it has started, so that an address that is taken stops the start.
        Sockets = [.. _options.ParsedEndpoints().Select(endpoint => CollectorSocket.Open(endpoint, _options.ReceiveBufferBytes))];
        foreach (var socket in Sockets)
        {
            LogListening(socket.Endpoint.ToString());
            if (socket.ReceiveBufferBytes < _options.ReceiveBufferBytes)
            {
                LogSmallBuffer(socket.Endpoint.ToString(), socket.ReceiveBufferBytes, _options.ReceiveBufferBytes);
            }
        }

        if (Sockets.Count > 0)
        {
            var sensors = _options.ParsedSensors();
            _decoder = new NetFlowDecoder(_options.Decoder(), address => sensors.GetValueOrDefault(address) ?? address.ToString());
            templates.Restore(_decoder);
        }

        await base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        foreach (var socket in Sockets)
        {
            socket.Dispose();
        }

        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_decoder is not { } decoder)
        {
            return;
        }

        var allowed = _options.ParsedExporters();
        var storing = store.RunAsync(stoppingToken);
        var decoding = Task.Run(() => DecodeAsync(decoder), CancellationToken.None);
        var ticking = TickAsync(stoppingToken);
        await Task.WhenAll(Sockets.Select(socket => Task.Run(() => socket.ReceiveAsync(allowed, _queue, time, stoppingToken), CancellationToken.None)));
        await ticking;
        _queue.Complete();
        await decoding;
        store.Complete();
        await storing;
        foreach (var socket in Sockets)
        {
            socket.Dispose();
        }
    }

    // Windows and batches end by the clock, also when nothing comes.
    private async Task TickAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                _queue.Tick(Now());
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    private async Task DecodeAsync(NetFlowDecoder decoder)
    {
        _gathering = new FlowReadTarget(FlowBatch.Rent(_options.BatchFlows));
        var savedAt = time.GetTimestamp();
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (_queue.Reader.TryRead(out var datagram))
            {
                Decode(decoder, datagram);
                await HandOverAsync(isLast: false);
                if (datagram.IsTick && time.GetElapsedTime(savedAt) > SaveInterval)
                {
                    templates.Save(decoder.SaveTemplates());
                    savedAt = time.GetTimestamp();
                }
            }
        }

        decoder.Flush(_gathering);
        await HandOverAsync(isLast: true);
        templates.Save(decoder.SaveTemplates());
    }

    private void Decode(NetFlowDecoder decoder, in ReceivedDatagram datagram)
    {
        var hadFlows = _gathering!.Batch.Count > 0;
        try
        {
            if (datagram.IsTick)
            {
                decoder.Advance(datagram.Received, _gathering);
            }
            else
            {
                decoder.Decode(datagram.Exporter, datagram.Buffer.AsSpan(0, datagram.Length), datagram.Received, _gathering);
            }
        }
        catch (Exception e)
        {
            // Anybody who reaches the port sends datagrams: none may end the service, whatever the decoder's defects.
            if (!_hasFailed)
            {
                LogFailed(e);
            }

            _hasFailed = true;
        }

        _queue.Release(datagram);

        if (!hadFlows)
        {
            _gatheringSince = time.GetTimestamp();
        }
    }

    private async ValueTask HandOverAsync(bool isLast)
    {
        var count = _gathering!.Batch.Count;
        if (count == 0 || (!isLast && count < _options.BatchFlows && time.GetElapsedTime(_gatheringSince) < _options.BatchInterval))
        {
            return;
        }

        var full = _gathering;
        _gathering = new FlowReadTarget(FlowBatch.Rent(_options.BatchFlows));
        await store.AddAsync(new CollectedBatch(full.Batch, full.RejectedCount));
    }

    private long Now() => FlowTime.ToMicroseconds(time.GetUtcNow().UtcDateTime);

    [LoggerMessage(Level = LogLevel.Error, Message = "A datagram could not be decoded; later ones of the kind are not logged")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "NetFlow, IPFIX and sFlow are received on udp://{Endpoint}")]
    private partial void LogListening(string endpoint);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The kernel gave udp://{Endpoint} a receive buffer of {Given} bytes instead of {Asked}: raise net.core.rmem_max, or bursts are lost")]
    private partial void LogSmallBuffer(string endpoint, int given, int asked);
}
