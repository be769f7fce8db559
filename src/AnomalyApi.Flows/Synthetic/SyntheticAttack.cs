using AnomalyApi.Flows.Synthetic.Attacks;

namespace AnomalyApi.Flows.Synthetic;

/// <summary>A kind of attack that can be planted. Immutable. To add one, add its class in <c>Attacks</c> and its line in <see cref="SyntheticAttackCatalog.All"/>.</summary>
public abstract class SyntheticAttack
{
    private protected SyntheticAttack()
    {
    }

    /// <summary>Lower case with dashes; the label of its flows.</summary>
    public abstract string Name { get; }

    /// <summary>What MITRE ATT&amp;CK calls it: a technique id such as T1046.</summary>
    public abstract string Technique { get; }

    /// <summary>What it looks like in flows, in one sentence.</summary>
    public abstract string Summary { get; }

    /// <summary>Flows of one attack that runs its course.</summary>
    public abstract int TypicalFlows { get; }

    /// <summary>Makes up the next flow; its start is set already.</summary>
    /// <returns>Seconds from its start to the start of the one after it.</returns>
    internal abstract double Next(AttackScene scene, ref FlowSketch flow);
}
