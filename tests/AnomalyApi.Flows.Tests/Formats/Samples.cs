using AnomalyApi.Flows.Formats;

namespace AnomalyApi.Flows.Tests.Formats;

/// <summary>The hand-made samples of each format: a folder named like the format, and in it bodies beside what must be read from them.</summary>
internal static class Samples
{
    public const string ExpectedEnding = ".expected";

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "samples");

    public static IEnumerable<string> FilesOf(IFlowFormat format) =>
        Directory.GetFiles(Path.Combine(Folder, format.Name)).Where(file => !file.EndsWith(ExpectedEnding, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>Format name and file name of every sample.</summary>
    public static TheoryData<string, string> All()
    {
        var all = new TheoryData<string, string>();
        foreach (var format in FlowFormatCatalog.All)
        {
            foreach (var file in FilesOf(format))
            {
                all.Add(format.Name, Path.GetFileName(file));
            }
        }

        return all;
    }

    public static byte[] Read(string format, string file) => File.ReadAllBytes(Path.Combine(Folder, format, file));

    public static string MediaTypeOf(string format) => FlowFormatCatalog.All.Single(other => other.Name == format).ContentTypes[0];
}
