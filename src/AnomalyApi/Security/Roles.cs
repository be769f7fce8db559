namespace AnomalyApi.Security;

/// <summary>What a key may do. A role is also the name of the authorization policy that asks for it.</summary>
internal static class Roles
{
    /// <summary>Writes and scores flows.</summary>
    public const string Sensor = "sensor";

    /// <summary>Reads flows, anomalies and figures.</summary>
    public const string Reader = "reader";

    /// <summary>Gives verdicts and silences; reads as well.</summary>
    public const string Analyst = "analyst";

    /// <summary>Trains, activates and schedules; reads as well.</summary>
    public const string Operator = "operator";

    /// <summary>Makes and revokes keys, and may do all of the above.</summary>
    public const string Admin = "admin";

    /// <summary>Each role with those that include it.</summary>
    public static IReadOnlyDictionary<string, string[]> GrantedBy { get; } = new Dictionary<string, string[]>
    {
        [Sensor] = [Sensor, Admin],
        [Reader] = [Reader, Analyst, Operator, Admin],
        [Analyst] = [Analyst, Admin],
        [Operator] = [Operator, Admin],
        [Admin] = [Admin],
    };
}
