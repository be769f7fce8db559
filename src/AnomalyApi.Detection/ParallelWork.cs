using System.Runtime.ExceptionServices;

namespace AnomalyApi.Detection;

/// <summary>Work that is done side by side and fails as if it were done one after another.</summary>
internal static class ParallelWork
{
    /// <summary>Calls <paramref name="work"/> with 0 to <paramref name="count"/> - 1, in any order.</summary>
    /// <remarks>What one call throws is thrown as it is, not inside an <see cref="AggregateException"/>: callers promise exceptions by type.</remarks>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void For(int count, int maxThreads, Action<int> work, CancellationToken ct)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = maxThreads, CancellationToken = ct }, work);
        }
        catch (AggregateException faults)
        {
            // A cancelled call beside one that failed: whoever cancelled wants to hear of that.
            ct.ThrowIfCancellationRequested();
            ExceptionDispatchInfo.Throw(faults.Flatten().InnerExceptions[0]);
        }
    }
}
