namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>What exporters say in options records, when they started and how they sample, and what of it holds for a data record.</summary>
internal static class TemplateOptions
{
    /// <summary>How many packets each counted one stands for.</summary>
    /// <param name="slots">The values of the record.</param>
    public static int SamplingOf(ulong[] slots, FlowTemplate template, ExportDomain domain)
    {
        if (template.Has(TemplateSlot.SamplingInterval) && slots[TemplateSlot.SamplingInterval] > 0)
        {
            return Bounded(slots[TemplateSlot.SamplingInterval]);
        }

        if (domain.Sampling is not { } rates)
        {
            return 1;
        }

        return template.Has(TemplateSlot.SamplerId) && rates.OfSamplers.TryGetValue(slots[TemplateSlot.SamplerId], out var ofSampler) ? ofSampler
            : template.Has(TemplateSlot.Interface) && rates.OfInterfaces.TryGetValue(slots[TemplateSlot.Interface], out var ofInterface) ? ofInterface
            : rates.Default;
    }

    /// <summary>Takes what an options record says.</summary>
    /// <param name="slots">The values of the record.</param>
    public static void Learn(ulong[] slots, FlowTemplate template, ExportDomain domain)
    {
        if (template.Has(TemplateSlot.SystemInit) && slots[TemplateSlot.SystemInit] > 0)
        {
            domain.SystemInit = TemplateRecords.Scaled(slots[TemplateSlot.SystemInit], 1000);
        }

        var interval = IntervalOf(slots, template);
        if (interval <= 0)
        {
            return;
        }

        domain.Exporter.SamplingInterval = interval;
        domain.Sampling ??= new SamplingRates();
        if (template.Has(TemplateSlot.SamplerId))
        {
            domain.Sampling.SetSampler(slots[TemplateSlot.SamplerId], interval);
        }
        else if (template.Has(TemplateSlot.Interface))
        {
            domain.Sampling.SetInterface(slots[TemplateSlot.Interface], interval);
        }
        else
        {
            domain.Sampling.Set(interval);
        }
    }

    // One packet in how many; 0 when the record does not say (RFC 5477, sections 8.2 and 8.3).
    private static int IntervalOf(ulong[] slots, FlowTemplate template)
    {
        if (template.Has(TemplateSlot.SamplingInterval))
        {
            return Bounded(slots[TemplateSlot.SamplingInterval]);
        }

        var taken = slots[TemplateSlot.SamplingTaken];
        if (template.Has(TemplateSlot.SamplingTaken) && taken > 0)
        {
            return template.Has(TemplateSlot.SamplingSkipped) ? Bounded(1 + (slots[TemplateSlot.SamplingSkipped] / taken))
                : template.Has(TemplateSlot.SamplingPopulation) ? Bounded(slots[TemplateSlot.SamplingPopulation] / taken) : 0;
        }

        if (!template.Has(TemplateSlot.SamplingProbability))
        {
            return 0;
        }

        var probability = BitConverter.UInt64BitsToDouble(slots[TemplateSlot.SamplingProbability]);
        return probability is > 0 and <= 1 ? Bounded((ulong)Math.Round(1 / Math.Max(probability, 1e-9))) : 0;
    }

    private static int Bounded(ulong interval) => (int)Math.Clamp(interval, 1, FlowValues.LargestSamplingInterval);
}
