using System.Globalization;
using System.Text;

namespace AnomalyApi.Cli.Tests.Evaluate;

/// <summary>Makes a labelled table: normal rows around one place, a tenth of anomalies around another.</summary>
internal static class SomeTable
{
    public const string Header = "when,host,proto,bytes,rate,label\n";

    /// <summary>Rows without a header: a time in seconds, one of 7 hosts, a protocol, two numbers and a label.</summary>
    public static string Rows(int count = 400, int seed = 1, string anomalyProtocol = "icmp")
    {
        var random = new Random(seed);
        var rows = new StringBuilder();
        for (var row = 0; row < count; row++)
        {
            var isAnomaly = row % 10 == 9;
            double bytes = isAnomaly ? 900 + random.Next(100) : 100 + random.Next(200), rate = isAnomaly ? 5 + random.NextDouble() : random.NextDouble();
            var (protocol, label) = isAnomaly ? (anomalyProtocol, row % 20 == 9 ? "scan" : "flood") : (row % 2 == 0 ? "tcp" : "udp", "normal");
            rows.Append(CultureInfo.InvariantCulture, $"{1000 + row},10.0.0.{row % 7},{protocol},{bytes},{rate:0.###},{label}\n");
        }

        return rows.ToString();
    }
}
