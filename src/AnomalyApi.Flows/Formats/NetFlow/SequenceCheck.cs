namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>Follows the sequence numbers of one domain: what is missing in them was lost on the way.</summary>
internal struct SequenceCheck
{
    // Datagrams overtake each other within moments; further back means that the exporter began anew.
    private const int ReorderWindow = 10_000;
    private const int MostReordersInARow = 3;
    private const uint UptimeSlack = 60_000;
    private const uint NearOverflow = uint.MaxValue - 600_000;

    private bool _isKnown;
    private uint _last;
    private uint _lastUnits;
    private uint _uptime;
    private int _reordersInARow;

    /// <summary>The next number cannot be told, since a part of this datagram could not be counted.</summary>
    public void Forget() => _isKnown = false;

    /// <summary>Whether the exporter started anew: its uptime went back, and did not overflow.</summary>
    /// <param name="uptime">Milliseconds since it started.</param>
    public bool HasRestarted(uint uptime)
    {
        var restarted = _isKnown && uptime < _uptime && _uptime - uptime > UptimeSlack && _uptime < NearOverflow;
        _uptime = uptime;
        if (restarted)
        {
            _isKnown = false;
        }

        return restarted;
    }

    /// <summary>Takes the number of a datagram, which is the number of the first of its units.</summary>
    /// <param name="units">How many it carries.</param>
    /// <returns>Units lost in front of it: negative when it came late and had been counted as lost. <c>null</c> when the exporter began anew.</returns>
    public long? Next(uint sequence, uint units) => Next(sequence, units, units, allowsBehind: false);

    /// <inheritdoc cref="Next(uint, uint)"/>
    /// <param name="flows">How many of the units are flows. softflowd counts these only, and gives the number behind the last, where RFC 7011 (section 3.1) wants that
    /// of the first: what fits either way is no loss.</param>
    public long? Next(uint sequence, uint units, uint flows) => Next(sequence, units, flows, allowsBehind: true);

    private long? Next(uint sequence, uint units, uint flows, bool allowsBehind)
    {
        var step = unchecked(sequence - _last);
        var difference = unchecked((int)(step - _lastUnits));
        var fits = !_isKnown || difference == 0 || (allowsBehind && (step == units || step == flows));
        if (!fits && difference is < 0 and > -ReorderWindow && ++_reordersInARow < MostReordersInARow)
        {
            return -(long)units;
        }

        _isKnown = true;
        _reordersInARow = 0;
        _last = sequence;
        _lastUnits = units;
        return fits ? 0 : difference < 0 ? null : difference;
    }
}
