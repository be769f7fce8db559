using System.Reflection;
using System.Text.RegularExpressions;
using AnomalyApi.Captures;
using AnomalyApi.Collectors;
using AnomalyApi.Flows.Features;
using AnomalyApi.Flows.Formats;
using AnomalyApi.Ingest;
using AnomalyApi.Ingest.Duplicates;
using AnomalyApi.Maintenance;
using AnomalyApi.Platform;
using AnomalyApi.Platform.Logs;
using AnomalyApi.Scoring;
using AnomalyApi.Security;
using AnomalyApi.Training;

namespace AnomalyApi.Tests.Docs;

/// <summary>Holds the reference pages to the code, so that neither can change alone.</summary>
public sealed partial class ReferencePagesTests
{
    private static readonly (string Section, Type Options)[] Sections =
    [
        ("Storage", typeof(StorageSettings)), ("Ingest", typeof(IngestOptions)), ("Duplicates", typeof(DuplicateOptions)), ("Captures", typeof(CaptureOptions)), ("Collectors:NetFlow", typeof(NetFlowCollectorOptions)), ("Scoring", typeof(ScoringOptions)), ("Training", typeof(TrainingOptions)),
        ("Retention", typeof(RetentionOptions)), ("Security", typeof(SecurityOptions)), ("Logs", typeof(LogOptions)),
    ];

    [Fact]
    public void The_settings_page_lists_every_setting_and_no_other()
    {
        var expected = Sections.SelectMany(section => section.Options.GetProperties().Select(option => $"{section.Section}:{option.Name}"));
        var listed = FirstColumn().Matches(Read("reference", "settings.md")).Select(match => match.Groups[1].Value).Where(name => name.Contains(':', StringComparison.Ordinal));
        Assert.Equal(expected.Order(), listed.Order());
    }

    [Fact]
    public void The_features_page_lists_every_feature_in_order_with_unit_and_meaning()
    {
        var page = Read("reference", "features.md");
        Assert.Equal(
            FlowFeatures.Schema.Features.Select(feature => feature.Name),
            FirstColumn().Matches(page).Select(match => match.Groups[1].Value));
        Assert.All(FlowFeatures.Schema.Features, feature => Assert.Contains(
            $"| `{feature.Name}` | {(feature.Unit.Length == 0 ? "-" : feature.Unit)} | {feature.Meaning} |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_formats_page_names_every_content_type()
    {
        var page = Read("reference", "formats.md");
        Assert.All(FlowFormatCatalog.All.SelectMany(format => format.ContentTypes), type => Assert.Contains($"`{type}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_link_between_the_pages_leads_somewhere()
    {
        var root = Root();
        var pages = Directory.GetFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(root, "README.md"));
        var broken = from page in pages
                     from Match link in Link().Matches(File.ReadAllText(page))
                     let target = Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value)
                     where !File.Exists(target)
                     select $"{Path.GetRelativePath(root, page)} -> {link.Groups[1].Value}";
        Assert.Empty(broken);
    }

    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root(), "docs", .. path]));

    private static string Root()
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!);
        while (!File.Exists(Path.Combine(folder.FullName, "AnomalyApi.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"^\| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex FirstColumn();

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)\)")]
    private static partial Regex Link();
}
