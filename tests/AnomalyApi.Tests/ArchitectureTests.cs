using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using AnomalyApi.Detection;
using AnomalyApi.Flows;
using AnomalyApi.Storage;

namespace AnomalyApi.Tests;

/// <summary>The lines of the house: host -> Storage -> Flows -> Detection, and what each floor may not know.</summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly[] Floors = [typeof(DetectorCatalog).Assembly, typeof(FlowBatch).Assembly, typeof(StorageDatabase).Assembly, typeof(Program).Assembly];

    // Named after the command; it stands beside the host, on Flows.
    private static readonly Assembly Cli = Assembly.Load("anomaly");

    [Fact]
    public void Projects_point_down_only()
    {
        Assert.Equal(
            new Dictionary<string, string[]>
            {
                ["AnomalyApi.Detection"] = [],
                ["AnomalyApi.Flows"] = ["AnomalyApi.Detection"],
                ["AnomalyApi.Storage"] = ["AnomalyApi.Flows"],
                ["AnomalyApi"] = ["AnomalyApi.Storage"],
                ["AnomalyApi.Cli"] = ["AnomalyApi.Flows"],
            }.OrderBy(pair => pair.Key, StringComparer.Ordinal),
            Projects("src").ToDictionary(project => Path.GetFileNameWithoutExtension(project)!, References).OrderBy(pair => pair.Key, StringComparer.Ordinal));
        // Tests see everything, and nothing sees them.
        Assert.All(Projects("src"), project => Assert.DoesNotContain("tests", File.ReadAllText(project), StringComparison.Ordinal));
    }

    [Fact]
    public void Detection_is_mathematics_and_nothing_else()
    {
        Assert.All(ReferencedBy(Floors[0]), name => Assert.True(IsPlatform(name), $"Detection uses {name}."));
        var forbidden = TypesUsedBy(Floors[0]).Where(type =>
            type is "System.DateTime" or "System.DateTimeOffset" or "System.Console" or "System.Diagnostics.Stopwatch"
                or "System.IO.File" or "System.IO.FileStream" or "System.IO.Directory"
            || type.StartsWith("System.Net.", StringComparison.Ordinal)
            || type.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal));
        Assert.Empty(forbidden);

        // What is timed is timed by the caller's clock: a TimeProvider may be handed in, the system's own is not asked.
        Assert.DoesNotContain("System.TimeProvider.get_System", MembersUsedBy(Floors[0]));
    }

    [Fact]
    public void Flows_know_neither_web_nor_database() =>
        Assert.All(ReferencedBy(Floors[1]), name => Assert.True(name == "AnomalyApi.Detection" || IsPlatform(name), $"Flows uses {name}."));

    [Fact]
    public void Storage_knows_no_web() =>
        Assert.All(ReferencedBy(Floors[2]), name => Assert.False(name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal), $"Storage uses {name}."));

    [Fact]
    public void The_command_line_is_a_client_and_knows_no_database()
    {
        Assert.All(ReferencedBy(Cli), name => Assert.True(
            name is "AnomalyApi.Detection" or "AnomalyApi.Flows" or "CsvHelper" or "Spectre.Console" || IsPlatform(name), $"The command line uses {name}."));
        Assert.DoesNotContain(TypesUsedBy(Cli), type =>
            type.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) || type.StartsWith("System.Data.", StringComparison.Ordinal) || type is "System.Net.HttpListener");
    }

    [Fact]
    public void Everything_lives_in_the_namespace_of_its_floor()
    {
        foreach (var (floor, name) in Floors.Select(floor => (floor, floor.GetName().Name!)).Append((Cli, "AnomalyApi.Cli")))
        {
            var strays = floor.GetTypes().Where(type =>
                !type.IsNested && type.Namespace is { } space && !space.StartsWith("System", StringComparison.Ordinal) && !space.StartsWith("Microsoft", StringComparison.Ordinal)
                && space != name && !space.StartsWith(name + ".", StringComparison.Ordinal));
            Assert.Empty(strays);
        }
    }

    [Fact]
    public void Every_project_is_in_the_solution_and_none_is_empty()
    {
        var solution = File.ReadAllText(Path.Combine(Root, "AnomalyApi.sln")).Replace('\\', '/');
        foreach (var project in Projects("src").Concat(Projects("tests")))
        {
            Assert.Contains(Path.GetRelativePath(Root, project).Replace('\\', '/'), solution, StringComparison.Ordinal);
            var folder = Path.GetDirectoryName(project)!;
            Assert.True(SourcesIn(folder).Any(), $"{folder} has no content yet, so it should not be there yet.");
        }

        var named = solution.Split('"').Where(part => part.EndsWith(".csproj", StringComparison.Ordinal));
        Assert.All(named, project => Assert.True(File.Exists(Path.Combine(Root, project)), $"{project} is in the solution, but not there."));
    }

    private static string Root { get; } = FindRoot();

    private static IEnumerable<string> Projects(string folder) => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories);

    private static IEnumerable<string> SourcesIn(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(file =>
            !Path.GetRelativePath(folder, file).StartsWith("obj", StringComparison.Ordinal) && !Path.GetRelativePath(folder, file).StartsWith("bin", StringComparison.Ordinal));

    private static string[] References(string project) =>
    [
        .. XDocument.Load(project).Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(((string)reference.Attribute("Include")!).Replace('\\', '/'))),
    ];

    private static IEnumerable<string> ReferencedBy(Assembly assembly) => assembly.GetReferencedAssemblies().Select(name => name.Name!);

    private static bool IsPlatform(string name) => name is "System" or "netstandard" or "mscorlib" || name.StartsWith("System.", StringComparison.Ordinal);

    private static List<string> TypesUsedBy(Assembly assembly)
    {
        using var file = File.OpenRead(assembly.Location);
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(metadata.GetTypeReference).Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")];
    }

    private static List<string> MembersUsedBy(Assembly assembly)
    {
        using var file = File.OpenRead(assembly.Location);
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        return
        [
            .. from handle in metadata.MemberReferences
               let member = metadata.GetMemberReference(handle)
               where member.Parent.Kind == HandleKind.TypeReference
               let type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent)
               select $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}.{metadata.GetString(member.Name)}",
        ];
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AnomalyApi.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not lie below AnomalyApi.sln.");
    }
}
