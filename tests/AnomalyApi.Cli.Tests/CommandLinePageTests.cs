using System.CommandLine;
using System.Text.RegularExpressions;

namespace AnomalyApi.Cli.Tests;

/// <summary>Holds the reference page to the parser, so that neither can change alone.</summary>
public sealed partial class CommandLinePageTests
{
    [Fact]
    public void The_page_lists_every_option_with_its_default_and_meaning_and_no_other()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "reference", "command-line.md"));
        var root = AnomalyCommand.Create(new Terminal(TextWriter.Null, TextWriter.Null, ShowsProgress: false));

        Assert.Equal(root.Subcommands.Select(command => command.Name), Headings().Matches(page).Select(heading => heading.Groups[1].Value));
        foreach (var command in root.Subcommands)
        {
            var section = page[page.IndexOf($"## anomaly {command.Name}", StringComparison.Ordinal)..];
            section = section[..(section.IndexOf("\n## ", StringComparison.Ordinal) is > 0 and var end ? end : section.Length)];
            Assert.Equal(command.Options.Where(option => option is not System.CommandLine.Help.HelpOption).Select(Row), Rows().Matches(section).Select(row => row.Value));
        }
    }

    private static string Row(Option option)
    {
        // How many processors there are differs from machine to machine.
        var standing = option.Required ? "required"
            : option.Name == "--threads" ? "all processors"
            : option.HasDefaultValue && option.GetDefaultValue() is { } value and not false ? FormattableString.Invariant($"{value}")
            : "-";
        var text = option.HelpName is { } help && option.ValueType != typeof(bool) ? $"{option.Name} {help}" : option.Name;
        return $"| `{text.Replace("|", "\\|", StringComparison.Ordinal)}` | {standing} | {option.Description} |";
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "AnomalyApi.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not lie below AnomalyApi.sln.");

        return folder.FullName;
    }

    [GeneratedRegex(@"^## anomaly ([a-z]+)$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"^\| `--.*\|$", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
