using System.Threading.Channels;

namespace AnomalyApi.Cli.Sending;

/// <summary>Sends bodies over several connections at once. When all are busy, whoever brings the next waits. One caller at a time.</summary>
internal sealed class FlowSender : IAsyncDisposable
{
    private static readonly TimeSpan DrainBeat = TimeSpan.FromMilliseconds(2);

    private readonly FlowService _service;
    private readonly Channel<(FlowBody Body, SendTotals Totals)> _waiting = Channel.CreateBounded<(FlowBody, SendTotals)>(1);
    private readonly CancellationTokenSource _stop;
    private readonly Task[] _connections;
    private readonly string _run = Guid.NewGuid().ToString("N");
    private int _bodies;
    private int _unanswered;

    public FlowSender(FlowService service, int connections, CancellationToken ct)
    {
        _service = service;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _connections = [.. Enumerable.Range(0, connections).Select(_ => Task.Run(WorkAsync, CancellationToken.None))];
    }

    /// <summary>Sends the body as soon as a connection is free, and counts what becomes of it in <paramref name="totals"/>.</summary>
    /// <exception cref="CommandException">An earlier body failed for good.</exception>
    public async Task SendAsync(FlowBody body, SendTotals totals)
    {
        Interlocked.Increment(ref _unanswered);
        try
        {
            await _waiting.Writer.WriteAsync((body, totals), _stop.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is ChannelClosedException or OperationCanceledException)
        {
            // A connection that failed closed the channel; its reason is the one to tell.
            await Task.WhenAll(_connections).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits until every body so far is answered; more may come afterwards.</summary>
    public async Task DrainAsync()
    {
        while (Volatile.Read(ref _unanswered) > 0)
        {
            if (_stop.IsCancellationRequested)
                await CompleteAsync().ConfigureAwait(false);

            await Task.WhenAny(Task.Delay(DrainBeat), Task.WhenAll(_connections)).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until every body is answered.</summary>
    public async Task CompleteAsync()
    {
        _waiting.Writer.TryComplete();
        await Task.WhenAll(_connections).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _waiting.Writer.TryComplete();
        await Task.WhenAll(_connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _service.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var (body, totals) in _waiting.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                var outcome = await _service.SendAsync(body, $"{_run}-{Interlocked.Increment(ref _bodies)}", _stop.Token).ConfigureAwait(false);
                totals.Add(body, outcome);
                Interlocked.Decrement(ref _unanswered);
            }
        }
        catch
        {
            _waiting.Writer.TryComplete();
            await _stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
