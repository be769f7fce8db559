using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AnomalyApi.Flows;

namespace AnomalyApi.Tests.Collectors;

/// <summary>softflowd, nfdump and tshark of the distribution, which tests/run.sh installs.</summary>
internal static class RealTools
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What one direction of a flow came to: seconds, ends, protocol, flags, packets and bytes, as one line that can be compared.</summary>
    public static string Line(decimal seconds, string source, int sourcePort, string destination, int destinationPort, int protocol, int flags, long packets, long bytes) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{seconds:F3} {source}:{Math.Max(0, sourcePort)} {destination}:{Math.Max(0, destinationPort)} {protocol} {(protocol == IpProtocols.Tcp ? flags : 0):X2} {packets} {bytes}");

    /// <summary>A capture, unpacked into the folder.</summary>
    public static async Task<string> UnpackAsync(string capture, string folder)
    {
        var path = Path.Combine(folder, "capture.pcap");
        await using var file = File.OpenRead(capture);
        await using var unpacked = capture.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
        await using var copy = File.Create(path);
        await unpacked.CopyToAsync(copy);
        return path;
    }

    /// <summary>Has softflowd read a capture and export it.</summary>
    /// <param name="version">5, 9 or 10.</param>
    public static Task SoftflowdAsync(string capture, int port, int version) => RunAsync(
        "softflowd", "-d", "-r", capture, "-n", $"127.0.0.1:{port}", "-v", $"{version}", "-A", "milli", "-c", "none", "-p", Path.ChangeExtension(capture, $".{version}.pid"));

    /// <summary>What nfcapd and nfdump get of the same export.</summary>
    public static async Task<List<string>> NfdumpAsync(string capture, int version)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(capture)!, $"nfcapd-{version}")).FullName;
        var port = FreePort();
        using var nfcapd = Start("nfcapd", "-w", folder, "-p", $"{port}", "-b", "127.0.0.1", "-S", "0", "-t", "3600");
        try
        {
            await TestService.UntilAsync(async () => await IsOpenAsync(port), "nfcapd on its port");
            await SoftflowdAsync(capture, port, version);
            await TestService.UntilAsync(async () => !await HoldsAsync(port), "nfcapd to have read what was sent");
        }
        finally
        {
            using var stop = Process.Start("kill", ["-TERM", $"{nfcapd.Id}"]);
            await nfcapd.WaitForExitAsync().WaitAsync(Patience);
        }

        return [.. await CsvAsync(folder, columns => (columns[0], Line(
            decimal.Parse(columns[2], CultureInfo.InvariantCulture), columns[3], Number(columns[5]), columns[4], Number(columns[6]), Protocol(columns[7]),
            columns[8].Aggregate(0, (bits, letter) => (bits << 1) | (letter == '.' ? 0 : 1)), Number(columns[11]), long.Parse(columns[12], CultureInfo.InvariantCulture))).Item2)];
    }

    /// <summary>Packets of each pair of ends, as nfpcapd finds them in the capture itself.</summary>
    public static async Task<Dictionary<string, long>> NfpcapdAsync(string capture)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(capture)!, "nfpcapd")).FullName;
        await RunAsync("nfpcapd", "-r", capture, "-w", folder);
        var packets = new Dictionary<string, long>();
        foreach (var (ends, count) in await CsvAsync(folder, columns => (Ends(columns[3], Number(columns[5]), columns[4], Number(columns[6]), Protocol(columns[7])), Number(columns[11]) + Number(columns[13]))))
        {
            packets[ends] = packets.GetValueOrDefault(ends) + count;
        }

        return packets;
    }

    /// <summary>Packets and bytes of each TCP and UDP conversation in tshark's tables; bytes without the 14 of each Ethernet header, as softflowd counts.</summary>
    public static async Task<Dictionary<string, (long Packets, long Bytes)>> ConversationsAsync(string capture)
    {
        var all = new Dictionary<string, (long, long)>();
        foreach (var (name, protocol) in new[] { ("tcp", IpProtocols.Tcp), ("udp", IpProtocols.Udp) })
        {
            foreach (var line in (await RunAsync("tshark", "-r", capture, "-q", "-n", "-z", $"conv,{name}")).Split('\n').Where(line => line.Contains("<->", StringComparison.Ordinal)))
            {
                // The frames and bytes of each direction and of both, from the third word on; large numbers of bytes come with a unit.
                var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                var frames = long.Parse(words[9], CultureInfo.InvariantCulture);
                var bytes = words[11] == "bytes" ? long.Parse(words[10], CultureInfo.InvariantCulture) - (14 * frames) : -1;
                var (source, sourcePort) = Split(words[0]);
                var (destination, destinationPort) = Split(words[2]);
                var ends = Ends(source, sourcePort, destination, destinationPort, protocol);
                var (packets, sum) = all.GetValueOrDefault(ends);
                all[ends] = (packets + frames, bytes < 0 || sum < 0 ? -1 : sum + bytes);
            }
        }

        return all;
    }

    /// <summary>The two ends of a conversation, whichever comes first.</summary>
    public static string Ends(string source, int sourcePort, string destination, int destinationPort, int protocol)
    {
        var (one, other) = ($"{source}:{sourcePort}", $"{destination}:{destinationPort}");
        return string.CompareOrdinal(one, other) < 0 ? $"{one} {other} {protocol}" : $"{other} {one} {protocol}";
    }

    private static async Task<List<T>> CsvAsync<T>(string folder, Func<string[], T> read)
    {
        var text = await RunAsync("nfdump", "-R", folder, "-o", "csv", "-q");
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')).Where(columns => columns.Length > 20).Select(read)];
    }

    private static (string Address, int Port) Split(string end)
    {
        var colon = end.LastIndexOf(':');
        return (end[..colon], Number(end[(colon + 1)..]));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static int Protocol(string text) =>
        IpProtocols.TryParse(Encoding.ASCII.GetBytes(text), out var protocol) ? protocol : throw new FormatException($"nfdump calls a protocol {text}.");

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task<bool> IsOpenAsync(int port) => (await SocketAsync(port)) is not null;

    private static async Task<bool> HoldsAsync(int port) => (await SocketAsync(port))?[4].EndsWith(":00000000", StringComparison.Ordinal) == false;

    // A line of the kernel's table of UDP sockets: its fifth word is what waits to be sent and to be read.
    private static async Task<string[]?> SocketAsync(int port) =>
        (await File.ReadAllLinesAsync("/proc/net/udp")).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(words => words[1].EndsWith($":{port:X4}", StringComparison.Ordinal));

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await errors}");
        return await output;
    }

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["TZ"] = "UTC";
        // softflowd lives where only root looks.
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin";
        start.FileName = File.Exists($"/usr/sbin/{program}") ? $"/usr/sbin/{program}" : program;
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException($"{program} is not installed. tests/run.sh installs it, or: apt-get install softflowd nfdump tshark.");
        }
    }
}
