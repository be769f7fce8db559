using System.Globalization;

namespace AnomalyApi.Cli.Evaluate.Reports.Charts;

/// <summary>One axis: where values lie on it, and which are marked.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Low">Value at its beginning.</param>
/// <param name="High">Value at its end.</param>
/// <param name="IsLogarithmic">Whether equal steps are equal factors; values below <paramref name="Low"/> are drawn at it.</param>
internal sealed record ChartAxis(string Title, double Low, double High, bool IsLogarithmic = false)
{
    private const int MaxPowers = 7;

    /// <summary>Shares from 0 to 1.</summary>
    public static ChartAxis Share(string title) => new(title, 0, 1);

    /// <summary>Place of a value, 0 at the beginning and 1 at the end.</summary>
    public double At(double value)
    {
        value = Math.Clamp(value, Low, High);
        return IsLogarithmic ? Math.Log(value / Low) / Math.Log(High / Low) : (value - Low) / (High - Low);
    }

    /// <summary>The marked values, each with its text.</summary>
    public IEnumerable<(double Value, string Text)> Marks()
    {
        if (IsLogarithmic)
        {
            // Every power of ten, or every second or third when there are many.
            int first = (int)Math.Ceiling(Math.Log10(Low) - 1e-9), last = (int)Math.Floor(Math.Log10(High) + 1e-9);
            for (var power = first; power <= last; power += 1 + (last - first) / MaxPowers)
                yield return (Math.Pow(10, power), High == 1 ? Percent(Math.Pow(10, power)) : Text(Math.Pow(10, power), Math.Pow(10, power)));

            yield break;
        }

        var step = Step((High - Low) / 5);
        for (var mark = Math.Ceiling(Low / step - 1e-9) * step; mark <= High + step * 1e-9; mark += step)
            yield return (mark, Text(mark, step));
    }

    /// <summary>A number of 1, 2 or 5 with zeros, close to what is wanted.</summary>
    private static double Step(double wanted)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        var first = wanted / power;
        return (first < 1.5 ? 1 : first < 3.5 ? 2 : first < 7.5 ? 5 : 10) * power;
    }

    private static string Percent(double share) => (share * 100).ToString("0.####", CultureInfo.InvariantCulture) + " %";

    // No mark shows more digits than its neighbours differ in, and -0 is 0.
    private static string Text(double mark, double step) =>
        Math.Abs(mark) < step / 2 ? "0"
        : Math.Abs(mark) is >= 1e5 or < 1e-3 ? mark.ToString("0.##e0", CultureInfo.InvariantCulture)
        : mark.ToString("0." + new string('#', Math.Clamp((int)Math.Ceiling(-Math.Log10(step)), 0, 6)), CultureInfo.InvariantCulture);
}
