using AnomalyApi.Flows;
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

        var claim = new DuplicateClaim(this);
        try
        {
            var found = Find(flows, claim);
            foreach (var (row, first) in found)
            {
                // Only batches that came before this one are waited for, so never two for each other.
                if (first.Claim == claim || await first.Claim.Stored.WaitAsync(cancellationToken))
                {
                    claim.Rows.Add(row);
                    claim.Duplicates.Add((first, flows.Sensor[row]!));
                }
                else
                {
                    // The batch that brought it first was not stored after all, so this one is the first.
                    Remember(flows, row, claim);
                }
            }

            CountRowsAgain(claim);
            return claim;
        }
        catch
        {
            claim.Complete(isStored: false);
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

    private List<(int Row, SeenFlow First)> Find(FlowBatch flows, DuplicateClaim claim)
    {
        var found = new List<(int, SeenFlow)>();
        lock (_lock)
        {
            ForgetOld();
            for (var row = 0; row < flows.Count; row++)
            {
                if (GroupOf(flows.Sensor[row]) is var group and not NoGroup && flows.CommunityId[row] is { } communityId)
                {
                    if (FindOther((group, communityId), flows, row) is { } first)
                    {
                        found.Add((row, first));
                    }
                    else
                    {
                        Add((group, communityId), flows, row, claim);
                    }
                }
            }
        }

        return found;
    }

    private void Remember(FlowBatch flows, int row, DuplicateClaim claim)
    {
        lock (_lock)
        {
            Add((GroupOf(flows.Sensor[row]), flows.CommunityId[row]!), flows, row, claim);
        }
    }

    // What is stored are the flows without the duplicates.
    private static void CountRowsAgain(DuplicateClaim claim)
    {
        foreach (var seen in claim.Own)
        {
            seen.Row -= ~claim.Rows.BinarySearch(seen.Row);
        }
    }

    private int GroupOf(string? sensor) => sensor is null ? NoGroup : _groups.GetValueOrDefault(sensor, _everybody);

    private SeenFlow? FindOther((int, string) key, FlowBatch flows, int row)
    {
        var (start, end) = Interval(flows, row);
        for (var seen = _newest.GetValueOrDefault(key); seen is not null; seen = seen.Earlier)
        {
            if (seen.Sensor != flows.Sensor[row] && start - _skewMicroseconds <= seen.End && seen.Start - _skewMicroseconds <= end)
            {
                return seen;
            }
        }

        return null;
    }

    private void Add((int, string) key, FlowBatch flows, int row, DuplicateClaim claim)
    {
        var (start, end) = Interval(flows, row);
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
