using AnomalyApi.Cli;

return await AnomalyCommand.RunAsync(args, Terminal.OfProcess());
