using System.ComponentModel.DataAnnotations;
using System.Net;
using AnomalyApi.Flows;
using AnomalyApi.Flows.Formats.NetFlow;

namespace AnomalyApi.Collectors;

/// <summary>Where exporters send NetFlow, IPFIX and sFlow, and how much waits.</summary>
internal sealed record NetFlowCollectorOptions : IValidatableObject
{
    public const string Section = "Collectors:NetFlow";

    /// <summary>
    /// UDP addresses to listen on, such as <c>0.0.0.0:2055</c> or <c>[::]:4739</c>, which takes IPv4 too; any protocol on any of them. The default, an empty
    /// list, opens none.
    /// </summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>Networks whose exporters are heard, as CIDR; datagrams of others are dropped and counted. The default, an empty list, hears all.</summary>
    public IReadOnlyList<string> AllowedExporters { get; init; } = [];

    /// <summary>Names of exporters by address, such as <c>192.0.2.1</c>, for the sensor of their flows. The default, an empty list, uses the address.</summary>
    public IReadOnlyDictionary<string, string> Sensors { get; init; } = new Dictionary<string, string>();

    /// <summary>Receive buffer asked of the kernel for each endpoint, in bytes, from 65,536 to 1 GiB. The default is 8 MiB.</summary>
    [Range(65_536, 1024 * 1024 * 1024)]
    public int ReceiveBufferBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Bytes of datagrams that wait for decoding at most, from 1 MiB to 4 GiB; more are dropped and counted. The default is 64 MiB.</summary>
    [Range(1024L * 1024, 4L * 1024 * 1024 * 1024)]
    public long QueueBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Flows that are scored and stored together at most, from 100 to 100,000. The default is 5,000.</summary>
    [Range(100, 100_000)]
    public int BatchFlows { get; init; } = 5_000;

    /// <summary>How long a flow waits for others of its batch, from 100 ms to 1 min. The default is 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan BatchInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether records of the two directions become one flow. The default is true.</summary>
    public bool PairDirections { get; init; } = true;

    /// <summary>How long a record of one direction waits for the other, from 100 ms to 5 min. The default is 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan PairingWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Records that wait for their other direction at most, from 1,000 to 1,000,000, about 200 bytes each. The default is 100,000.</summary>
    [Range(1_000, 1_000_000)]
    public int PairingRecords { get; init; } = 100_000;

    /// <summary>Exporters remembered at most, from 1 to 65,536; the one that was silent longest is forgotten. The default is 1,024.</summary>
    [Range(1, 65_536)]
    public int MaxExporters { get; init; } = 1_024;

    public IReadOnlyList<IPEndPoint> ParsedEndpoints() => [.. Endpoints.Select(ParseEndpoint)];

    public IReadOnlyList<CidrRange> ParsedExporters() =>
        [.. AllowedExporters.Select(text => CidrRange.TryParse(text, out var range, out var error) ? range : throw new FormatException(error))];

    public Dictionary<IpAddressValue, string> ParsedSensors() => Sensors.ToDictionary(
        pair => IpAddressValue.TryParse(pair.Key, out var address) ? address : throw new FormatException($"'{pair.Key}' is not an IPv4 or IPv6 address."),
        pair => pair.Value is { Length: > 0 and <= 255 } ? pair.Value : throw new FormatException($"The name of '{pair.Key}' is not a text of 1 to 255 characters."));

    public NetFlowDecoderOptions Decoder() => new()
    {
        PairDirections = PairDirections,
        PairingWindow = PairingWindow,
        PairingRecords = PairingRecords,
        MaxExporters = MaxExporters,
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Faults((nameof(Endpoints), () => ParsedEndpoints()), (nameof(AllowedExporters), () => ParsedExporters()), (nameof(Sensors), () => ParsedSensors()));

    // The framework takes "2055" for an address, and an address without a port for one with port 0.
    private static IPEndPoint ParseEndpoint(string text)
    {
        var hasAddress = text.Contains('.', StringComparison.Ordinal) || text.Contains(']', StringComparison.Ordinal);
        var hasPort = text.LastIndexOf(':') > text.LastIndexOf(']');
        return hasAddress && hasPort && IPEndPoint.TryParse(text, out var endpoint)
            ? endpoint
            : throw new FormatException($"'{text}' is not an address and a port, such as 0.0.0.0:2055 or [::]:4739.");
    }

    private static List<ValidationResult> Faults(params ReadOnlySpan<(string Setting, Action Parse)> checks)
    {
        var faults = new List<ValidationResult>();
        foreach (var (setting, parse) in checks)
        {
            try
            {
                parse();
            }
            catch (Exception e) when (e is FormatException or ArgumentException)
            {
                faults.Add(new ValidationResult(e.Message, [setting]));
            }
        }

        return faults;
    }
}
