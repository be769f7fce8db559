namespace AnomalyApi.Flows.Formats;

/// <summary>Counting that stays at the largest number: a capture of hundreds of gigabytes has more records than an <see cref="int"/> counts.</summary>
internal static class Saturating
{
    /// <summary>The number behind <paramref name="value"/>, or the largest.</summary>
    public static int Next(int value) => value == int.MaxValue ? value : value + 1;

    /// <summary>The sum of two counts, or the largest number.</summary>
    public static int Sum(int left, int right) => (int)Math.Min((long)left + right, int.MaxValue);
}
