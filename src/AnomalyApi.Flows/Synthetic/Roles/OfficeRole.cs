namespace AnomalyApi.Flows.Synthetic.Roles;

/// <summary>Machines of one kind, and the flows they begin. To add one, add its class here and its line in <see cref="OfficeRoles.All"/>.</summary>
internal abstract class OfficeRole
{
    /// <summary>Flows they begin, in parts of the whole office's over a day.</summary>
    public abstract double Share { get; }

    /// <summary>When they work.</summary>
    public abstract OfficeRhythm Rhythm { get; }

    /// <summary>Makes up one flow; its start is set already.</summary>
    public abstract void Next(OfficeScene office, ref FlowSketch flow);
}
