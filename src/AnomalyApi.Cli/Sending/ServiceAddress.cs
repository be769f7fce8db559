namespace AnomalyApi.Cli.Sending;

/// <summary>Where <c>--to</c> points.</summary>
internal static class ServiceAddress
{
    private const string FlowsPath = "v1/flows";

    /// <summary>Whether the text names a collector of datagrams.</summary>
    public static bool IsUdp(string to) => to.StartsWith("udp://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Where the service takes flows: its address, with or without that path.</summary>
    /// <exception cref="CommandException">The text is no address.</exception>
    public static Uri OfFlows(string to)
    {
        if (!Uri.TryCreate(to, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CommandException($"--to '{to}' is not an address such as http://127.0.0.1:8080.");

        var path = address.AbsolutePath.TrimEnd('/');
        return path.EndsWith(FlowsPath, StringComparison.Ordinal)
            ? address
            : new Uri(address.GetLeftPart(UriPartial.Authority) + path + "/" + FlowsPath + address.Query);
    }

    /// <summary>Host and port of a collector.</summary>
    /// <exception cref="CommandException">The text is no such address.</exception>
    public static (string Host, int Port) OfCollector(string to) =>
        Uri.TryCreate(to, UriKind.Absolute, out var address) && address is { Port: > 0, Host.Length: > 0, AbsolutePath: "" or "/" }
            ? (address.DnsSafeHost, address.Port)
            : throw new CommandException($"--to '{to}' is not an address such as udp://127.0.0.1:2055.");

    /// <summary>The key that was given, or the first line of the file that <c>@FILE</c> names.</summary>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static string? Key(string? text)
    {
        if (text is not ['@', .. var file])
            return text;

        try
        {
            return File.ReadLines(file).FirstOrDefault()?.Trim();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"--key: '{file}' cannot be read: {fault.Message}", fault);
        }
    }
}
