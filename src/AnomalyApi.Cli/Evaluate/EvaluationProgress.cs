using Spectre.Console;

namespace AnomalyApi.Cli.Evaluate;

/// <summary>Tells somebody who watches how far the work is. Reports may come from any thread.</summary>
/// <param name="task">The bar; null when nobody watches.</param>
internal sealed class EvaluationProgress(ProgressTask? task) : IProgress<double>
{
    private int _started = -1;

    /// <summary>Says what comes next. The first piece of work, reading, has no share of the bar.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="count">Pieces of work in all.</param>
    public void Start(string name, int count)
    {
        if (task is null)
            return;

        task.Description = Markup.Escape(name);
        task.MaxValue = count;
        task.IsIndeterminate = ++_started == 0;
        task.Value = Math.Max(0, _started - 1);
    }

    public void Report(double value)
    {
        if (task is not null && _started > 0)
            task.Value = Math.Max(task.Value, _started - 1 + Math.Clamp(value, 0, 1));
    }

    /// <summary>Does the work below a bar, or without one when nobody watches.</summary>
    public static T Watch<T>(Terminal terminal, Func<EvaluationProgress, T> work)
    {
        if (!terminal.ShowsProgress)
            return work(new EvaluationProgress(null));

        return terminal.ErrorConsole().Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new SpinnerColumn())
            .Start(context => work(new EvaluationProgress(context.AddTask("reading"))));
    }
}
