namespace AnomalyApi.Storage;

/// <summary>What an error of the database means for the work that met it.</summary>
internal enum StorageFault
{
    /// <summary>The data, or our own code: trying again gives the same error.</summary>
    Data,

    /// <summary>Two transactions stood in each other's way: trying again at once works.</summary>
    Conflict,

    /// <summary>Rows arrived for a day that has no partition.</summary>
    NoPartition,

    /// <summary>The database is away or cannot take writes.</summary>
    Unavailable,
}
