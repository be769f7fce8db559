using Spectre.Console;

namespace AnomalyApi.Cli.Sending;

/// <summary>Tells somebody who watches how many flows are through, on the error output.</summary>
/// <param name="task">The bar; null when nobody watches.</param>
internal sealed class TransferProgress(ProgressTask? task)
{
    /// <summary>Says what is done now.</summary>
    public void Start(string name)
    {
        if (task is null)
            return;

        task.Description = Markup.Escape(name);
        task.IsIndeterminate = true;
    }

    /// <summary>Says how far it is.</summary>
    public void Report(long done, long all)
    {
        if (task is null)
            return;

        task.IsIndeterminate = false;
        task.MaxValue = Math.Max(1, all);
        task.Value = Math.Min(done, all);
    }

    /// <summary>Does the work below a bar, or without one when nobody watches.</summary>
    public static Task WatchAsync(Terminal terminal, string name, Func<TransferProgress, Task> work)
    {
        if (!terminal.ShowsProgress)
            return work(new TransferProgress(null));

        return terminal.ErrorConsole().Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(context => work(new TransferProgress(context.AddTask(name))));
    }
}
