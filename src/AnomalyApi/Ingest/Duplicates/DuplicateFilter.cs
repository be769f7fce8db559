using AnomalyApi.Flows;
using AnomalyApi.Storage.Writing;
using Microsoft.Extensions.Options;

namespace AnomalyApi.Ingest.Duplicates;

/// <summary>
/// Knows the flows of the last minutes, and finds those of a batch that another sensor of the same group has reported: the same Community ID at the same
/// time. Within this process; thread-safe.
/// </summary>
internal sealed class DuplicateFilter
{
    private const int NoGroup = -1;

    // A connection that is opened again and again from one port makes a long row of flows with one key; only the newest are looked at.
    private const int MaxPerKey = 32;

    private readonly Dictionary<string, int> _groups;
    private readonly int _everybody;
    private readonly DuplicateOptions _options;
    private readonly long _skewMicroseconds;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();

    // The newest flow of each key; the others hang on it. And all of them in order of arrival.
    private readonly Dictionary<(int Group, string CommunityId), SeenFlow> _newest = [];
    private readonly Queue<SeenFlow> _arrivals = new();
    private long _claims;

    public DuplicateFilter(IOptions<DuplicateOptions> options, TimeProvider time)
    {
        _options = options.Value;
        _groups = _options.GroupsBySensor();
        _everybody = _groups.GetValueOrDefault(DuplicateOptions.Everybody, NoGroup);
        _skewMicroseconds = (long)_options.ClockSkew.TotalMicroseconds;
        _time = time;
    }

    /// <summary>Flows that are remembered.</summary>
    public int Remembered
    {
        get
        {
            lock (_lock)
            {
                return _arrivals.Count;
            }
        }
    }

    /// <summary>Finds the duplicates among <paramref name="flows"/>, and remembers the rest. Null when no group is configured.</summary>
    /// <remarks>Waits for batches that are being stored when it depends on them. The caller completes the claim.</remarks>
    public async ValueTask<DuplicateClaim?> ClaimAsync(FlowBatch flows, CancellationToken cancellationToken)
    {
        if (_groups.Count == 0)
        {
            return null;
        }

        var claim = new DuplicateClaim(this, Interlocked.Increment(ref _claims));
        try
        {
            var undecided = Enumerable.Range(0, flows.Count).Where(row => KeyOf(flows, row) is not null).ToList();
            var firsts = new SortedDictionary<int, SeenFlow>();
            while (undecided.Count > 0)
            {
                var found = FindOrAdd(flows, undecided, claim);
                undecided = [];
                foreach (var (row, first) in found)
                {
                    if (first.Claim == claim || await first.Claim.Durable.WaitAsync(cancellationToken))
                    {
                        firsts.Add(row, first);
                    }
                    else
                    {
                        // The batch that brought it first was not stored after all, so somebody else is the first now.
                        undecided.Add(row);
                    }
                }
            }

            foreach (var (row, first) in firsts)
            {
                claim.Rows.Add(row);
                claim.Duplicates.Add((first, flows.Sensor[row]!));
            }

            CountRowsAgain(claim);
            lock (_lock)
            {
                claim.IsSettled = true;
            }

            return claim;
        }
        catch
        {
            claim.Complete(CommitOutcome.Unavailable);
            throw;
        }
    }

    /// <summary>Forgets flows that were not stored.</summary>
    public void Forget(List<SeenFlow> flows)
    {
        lock (_lock)
        {
            foreach (var seen in flows)
            {
                Unlink(seen);
            }
        }
    }

    /// <summary>Remembers flows whose batch had been stored before, so that nobody stores them again, where they are not known already.</summary>
    public void KeepAsReplayed(List<SeenFlow> flows)
    {
        lock (_lock)
        {
            foreach (var seen in flows)
            {
                seen.FlowId = SeenFlow.UnknownId;
                if (Chain(seen.Key).Any(other => other != seen && other.Sensor == seen.Sensor && Overlap(other, seen.Start, seen.End)))
                {
                    Unlink(seen);
                }
            }
        }
    }

    private List<(int Row, SeenFlow First)> FindOrAdd(FlowBatch flows, List<int> rows, DuplicateClaim claim)
    {
        var found = new List<(int, SeenFlow)>();
        lock (_lock)
        {
            ForgetOld();
            foreach (var row in rows)
            {
                var key = KeyOf(flows, row)!.Value;
                var (start, end) = Interval(flows, row);
                if (Chain(key).FirstOrDefault(seen => seen.Sensor != flows.Sensor[row] && Overlap(seen, start, end) && MayWaitFor(seen.Claim, claim)) is { } first)
                {
                    found.Add((row, first));
                }
                else
                {
                    Add(key, start, end, flows, row, claim);
                }
            }
        }

        return found;
    }

    // Claims wait for earlier ones and for those that wait for nobody, so never for each other. The rare rest is stored twice rather than never.
    private static bool MayWaitFor(DuplicateClaim other, DuplicateClaim claim) =>
        other == claim || other.Number < claim.Number || other.IsSettled || other.Durable.IsCompleted;

    // What is stored are the flows without the duplicates.
    private static void CountRowsAgain(DuplicateClaim claim)
    {
        foreach (var seen in claim.Own)
        {
            seen.Row -= ~claim.Rows.BinarySearch(seen.Row);
        }
    }

    private (int Group, string CommunityId)? KeyOf(FlowBatch flows, int row) =>
        flows.Sensor[row] is { } sensor && flows.CommunityId[row] is { } communityId
        && _groups.GetValueOrDefault(sensor, _everybody) is var group and not NoGroup
            ? (group, communityId)
            : null;

    private IEnumerable<SeenFlow> Chain((int, string) key)
    {
        for (var seen = _newest.GetValueOrDefault(key); seen is not null; seen = seen.Earlier)
        {
            yield return seen;
        }
    }

    private bool Overlap(SeenFlow seen, long start, long end) =>
        start - _skewMicroseconds <= seen.End && seen.Start - _skewMicroseconds <= end;

    private void Add((int, string) key, long start, long end, FlowBatch flows, int row, DuplicateClaim claim)
    {
        var seen = new SeenFlow
        {
            Key = key,
            Sensor = flows.Sensor[row]!,
            Start = start,
            End = end,
            SeenAt = _time.GetTimestamp(),
            Claim = claim,
            Row = row,
            Earlier = _newest.GetValueOrDefault(key),
        };
        _newest[key] = seen;
        var last = seen;
        for (var kept = 1; kept < MaxPerKey && last.Earlier is not null; kept++)
        {
            last = last.Earlier;
        }

        last.Earlier = null;
        _arrivals.Enqueue(seen);
        claim.Own.Add(seen);
    }

    private void ForgetOld()
    {
        var now = _time.GetTimestamp();
        while (_arrivals.TryPeek(out var oldest)
            && (_arrivals.Count > _options.MaxFlows || _time.GetElapsedTime(oldest.SeenAt, now) > _options.Window))
        {
            Unlink(_arrivals.Dequeue());
        }
    }

    private void Unlink(SeenFlow seen)
    {
        if (!_newest.TryGetValue(seen.Key, out var newest))
        {
            return;
        }

        if (newest == seen)
        {
            if (seen.Earlier is { } earlier)
            {
                _newest[seen.Key] = earlier;
            }
            else
            {
                _newest.Remove(seen.Key);
            }

            return;
        }

        // It may be gone already: cut off behind the newest, or forgotten with its batch.
        for (var later = newest; later.Earlier is not null; later = later.Earlier)
        {
            if (later.Earlier == seen)
            {
                later.Earlier = seen.Earlier;
                return;
            }
        }
    }

    private static (long Start, long End) Interval(FlowBatch flows, int row)
    {
        var start = flows.StartMicroseconds[row];
        return (start, start + Math.Max(0, flows.DurationMicroseconds[row]));
    }
}
