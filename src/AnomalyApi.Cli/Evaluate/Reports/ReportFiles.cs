namespace AnomalyApi.Cli.Evaluate.Reports;

/// <summary>Writes reports, each in the form its file's ending names. To add a form, add its line here.</summary>
internal static class ReportFiles
{
    private static readonly Dictionary<string, Func<EvaluationOutcome, string>> Forms = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = HtmlReport.Text,
        [".json"] = JsonReport.Text,
        [".md"] = MarkdownReport.Text,
    };

    /// <summary>Refuses a file that could not be written at the end of long work.</summary>
    /// <exception cref="CommandException">Its ending names no form, or its folder is not there.</exception>
    public static void Check(string path)
    {
        if (!Forms.ContainsKey(Path.GetExtension(path)))
            throw new CommandException($"--out {path}: the ending must be one of: {string.Join(", ", Forms.Keys)}.");

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new CommandException($"--out {path}: there is no folder '{folder}'.");
    }

    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static void Write(string path, EvaluationOutcome outcome)
    {
        try
        {
            File.WriteAllText(path, Forms[Path.GetExtension(path)](outcome));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"--out {path} cannot be written: {fault.Message}", fault);
        }
    }
}
