namespace AnomalyApi.Platform.Configuration;

/// <summary>The command line. The framework reads names and values from it and passes over in silence what is neither.</summary>
internal static class Arguments
{
    public const string Usage =
        """
        AnomalyApi: takes flow records, scores each, stores it.

          AnomalyApi [--Section:Name value]...   start the service; docs/reference/settings.md lists the settings
          AnomalyApi --demo                      start it and feed it synthetic traffic with planted attacks
          AnomalyApi health                      ask the service on this machine whether it is ready; exit code 0 or 1
          AnomalyApi --help                      this text
        """;

    /// <summary>Makes <c>--demo</c>, which people type bare, a name with a value.</summary>
    /// <exception cref="ConfigurationException">An argument is neither a name nor the value of one.</exception>
    public static string[] Normalize(string[] args)
    {
        var normal = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            var hasValue = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new ConfigurationException($"'{args[i]}' is not understood. Settings are given as --Section:Name value.");
            }

            if (args[i].Equals("--demo", StringComparison.OrdinalIgnoreCase) && !hasValue)
            {
                normal.Add("--Demo=true");
            }
            else if (args[i].Contains('=', StringComparison.Ordinal))
            {
                normal.Add(args[i]);
            }
            else if (hasValue)
            {
                normal.Add(args[i]);
                normal.Add(args[++i]);
            }
            else
            {
                throw new ConfigurationException($"'{args[i]}' has no value. Settings are given as --Section:Name value.");
            }
        }

        return [.. normal];
    }
}
