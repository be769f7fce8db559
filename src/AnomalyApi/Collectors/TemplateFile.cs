using AnomalyApi.Flows.Formats.NetFlow;
using AnomalyApi.Platform.Configuration;

namespace AnomalyApi.Collectors;

/// <summary>Keeps the templates of the exporters over a restart, so that data is read at once and not only when they send them again.</summary>
internal sealed partial class TemplateFile(DataDirectory data, ILogger<TemplateFile> logger)
{
    public const string FileName = "netflow-templates.bin";

    private byte[] _written = [];

    /// <summary>Gives the decoder what was kept; what is damaged is left out.</summary>
    public void Restore(NetFlowDecoder decoder)
    {
        try
        {
            var path = data.File(FileName);
            if (File.Exists(path))
            {
                _written = File.ReadAllBytes(path);
                LogRestored(decoder.RestoreTemplates(_written), path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogFailed(e.Message);
        }
    }

    /// <summary>Writes what has changed. The old file is there until the new one is whole.</summary>
    public void Save(byte[] templates)
    {
        if (templates.AsSpan().SequenceEqual(_written))
        {
            return;
        }

        try
        {
            var path = data.File(FileName);
            var next = path + ".next";
            using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
            {
                file.Write(templates);
                file.Flush(flushToDisk: true);
            }

            File.Move(next, path, overwrite: true);
            _written = templates;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Exporters send their templates again: nothing is lost but minutes after the next start.
            LogFailed(e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Restored {Count} NetFlow templates from {Path}")]
    private partial void LogRestored(int count, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "NetFlow templates cannot be kept for the next start: {Reason}")]
    private partial void LogFailed(string reason);
}
