namespace AnomalyApi.Detection.Detectors;

/// <summary>Cuts rows into stripes that threads share. Stripes do not depend on the number of threads, so sums that are formed stripe by
/// stripe and added in their order have the same bits for any number.</summary>
internal sealed class RowStripes(int rowCount, int maxThreads, CancellationToken cancellationToken)
{
    /// <summary>Rows in each but the last.</summary>
    public const int Length = 2048;

    // So many are between two looks at the token.
    private const int BlockLength = 256;

    private readonly ParallelOptions _parallel = new() { MaxDegreeOfParallelism = maxThreads, CancellationToken = cancellationToken };

    /// <summary>Number of stripes.</summary>
    public int Count { get; } = (rowCount + Length - 1) / Length;

    /// <summary>Stripes that threads can work on at a time.</summary>
    public int AtOnce => Math.Min(maxThreads, Count);

    /// <summary>Rows of one stripe.</summary>
    public Range this[int stripe] => (stripe * Length)..Math.Min((stripe + 1) * Length, rowCount);

    /// <summary>Runs blocks of rows, those of one stripe one after another, stripes beside one another.</summary>
    /// <param name="block">Given the stripe, the first row and the number of rows.</param>
    public void Run(int firstStripe, int endStripe, Action<int, int, int> block) =>
        Parallel.For(firstStripe, endStripe, _parallel, stripe =>
        {
            var end = this[stripe].End.Value;
            for (var row = stripe * Length; row < end; row += BlockLength)
            {
                _parallel.CancellationToken.ThrowIfCancellationRequested();
                block(stripe, row, Math.Min(BlockLength, end - row));
            }
        });
}
