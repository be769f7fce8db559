namespace AnomalyApi.Detection.Detectors;

/// <summary>Joins the progress of members that are fitted side by side or one after another.</summary>
internal sealed class MemberProgress(IProgress<double>? whole, int memberCount)
{
    private readonly Lock _lock = new();
    private double _sum;

    /// <summary>What a member reports to.</summary>
    public IProgress<double>? Of() => whole is null ? null : new Part(this);

    private void Add(double share)
    {
        lock (_lock)
        {
            // The end is reported by the whole, and rounding must not pass it.
            _sum += share;
            whole!.Report(Math.Min(_sum / memberCount, 1));
        }
    }

    private sealed class Part(MemberProgress parent) : IProgress<double>
    {
        private readonly Lock _lock = new();
        private double _reached;

        public void Report(double value)
        {
            // A detector may report from many threads, so a lower share may come later.
            double gained;
            lock (_lock)
            {
                gained = Math.Max(0, value - _reached);
                _reached += gained;
            }

            if (gained > 0)
                parent.Add(gained);
        }
    }
}
