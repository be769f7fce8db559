namespace AnomalyApi.Platform.Configuration;

/// <summary>The folder that holds what the service keeps itself: the embedded database and the first admin key.</summary>
/// <param name="path">Absolute, or relative to the working directory.</param>
internal sealed class DataDirectory(string path)
{
    public const string Key = "DataDirectory";

    /// <exception cref="ConfigurationException">The path is empty.</exception>
    public string Path { get; } = string.IsNullOrWhiteSpace(path)
        ? throw new ConfigurationException($"{Key} is empty. Name a folder this user may write to.")
        : System.IO.Path.GetFullPath(path);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <exception cref="ConfigurationException">The folder cannot be made or written to.</exception>
    public void Create()
    {
        try
        {
            Directory.CreateDirectory(Path);
            // A volume of another user is there and yet of no use.
            var probe = File($".probe-{Environment.ProcessId}");
            System.IO.File.WriteAllBytes(probe, []);
            System.IO.File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{Key} '{Path}' cannot be used ({e.Message}). Name a folder this user may write to.");
        }
    }
}
