namespace AnomalyApi.Detection;

/// <summary>How a fit runs. Whatever the number of threads, the same rows, options and seed give the same model.</summary>
/// <param name="Seed">Seed of every random choice.</param>
/// <param name="MaxThreads">Threads the fit may use, 1 or more.</param>
/// <param name="Progress">Receives the finished share, 0 to 1, from any thread; null when nobody watches.</param>
public sealed record FitSettings(ulong Seed, int MaxThreads = 1, IProgress<double>? Progress = null);
