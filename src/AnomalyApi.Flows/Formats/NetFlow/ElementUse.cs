namespace AnomalyApi.Flows.Formats.NetFlow;

/// <summary>What one information element is good for.</summary>
/// <param name="Slot">Where its value goes; <see cref="TemplateSlot.None"/> when it is not used.</param>
/// <param name="Priority">Of several elements of one template for one place the highest wins, and the first of equals.</param>
/// <param name="Unit">For times, how they are written.</param>
internal readonly record struct ElementUse(int Slot, int Priority = 1, TimeUnit Unit = TimeUnit.None);
