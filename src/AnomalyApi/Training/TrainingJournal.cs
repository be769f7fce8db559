using System.Text;
using System.Text.Json;

namespace AnomalyApi.Training;

/// <summary>What a running training says of itself, until it is written to its row. Thread-safe.</summary>
internal sealed class TrainingJournal(TimeProvider time) : IProgress<double>
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _lines = new();
    private double _from;
    private double _to;

    public string Stage { get; private set; } = "starting";

    /// <summary>0 to 1 over all stages.</summary>
    public double Progress { get; private set; }

    /// <summary>Begins a stage that takes the overall progress from one share to another.</summary>
    public void Begin(string stage, double from, double to, string line)
    {
        lock (_lock)
        {
            (Stage, _from, _to, Progress) = (stage, from, to, from);
        }

        Say(line);
    }

    public void Report(double value)
    {
        lock (_lock)
        {
            // Threads report as they finish, so a smaller share may come after a larger one.
            Progress = Math.Max(Progress, _from + ((_to - _from) * Math.Clamp(value, 0, 1)));
        }
    }

    public void Say(string line)
    {
        lock (_lock)
        {
            _lines.Append(JsonSerializer.Serialize(new TrainingLogLine(time.GetUtcNow().UtcDateTime, line), TrainingQueue.Json)).Append('\n');
        }
    }

    /// <summary>The lines since the last call, as JSON lines.</summary>
    public string TakeLines()
    {
        lock (_lock)
        {
            var lines = _lines.ToString();
            _lines.Clear();
            return lines;
        }
    }

    /// <summary>Takes back lines that could not be written.</summary>
    public void PutBack(string lines)
    {
        lock (_lock)
        {
            _lines.Insert(0, lines);
        }
    }
}
