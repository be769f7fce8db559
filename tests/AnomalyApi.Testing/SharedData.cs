namespace AnomalyApi.Testing;

/// <summary>Finds the real captures that some tests read. They are not part of the project: they lie beside it in <c>../shared/data</c>, or
/// where the environment variable <c>ANOMALY_TEST_DATA</c> says. Tests that need them carry <c>[Trait("Data", "Shared")]</c>.</summary>
public static class SharedData
{
    /// <summary>Name of the environment variable that names the folder.</summary>
    public const string Variable = "ANOMALY_TEST_DATA";

    /// <summary>The folder; null when there is none.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>Full path of a file or folder of the data.</summary>
    /// <exception cref="InvalidOperationException">The data is not there; the text says where it is looked for.</exception>
    public static string Path(params string[] parts)
    {
        var folder = Folder ?? throw new InvalidOperationException(
            $"This test reads real captures from ../shared/data beside the project, or from the folder named by {Variable}, and neither is there.");
        var path = System.IO.Path.Combine([folder, .. parts]);
        return File.Exists(path) || Directory.Exists(path)
            ? path
            : throw new InvalidOperationException($"The shared data has no {System.IO.Path.Combine(parts)}.");
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return Directory.Exists(named) ? named : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "AnomalyApi.sln")))
            {
                var data = System.IO.Path.Combine(folder.FullName, "..", "shared", "data");
                return Directory.Exists(data) ? System.IO.Path.GetFullPath(data) : null;
            }
        }

        return null;
    }
}
