using AnomalyApi.Detection.Detectors;

namespace AnomalyApi.Detection;

/// <summary>Every detector. To add one, add its folder and its line here.</summary>
public static class DetectorCatalog
{
    internal const string AutoencoderName = "autoencoder";
    internal const string BaggingName = "bagging";
    internal const string DbscanName = "dbscan";
    internal const string EcodName = "ecod";
    internal const string EnsembleName = "ensemble";
    internal const string GradientBoostingName = "gradient-boosting";
    internal const string HalfSpaceTreesName = "half-space-trees";
    internal const string HistogramName = "histogram";
    internal const string IsolationForestName = "isolation-forest";
    internal const string KMeansName = "k-means";
    internal const string KNearestNeighboursName = "k-nearest-neighbours";
    internal const string LocalOutlierFactorName = "local-outlier-factor";
    internal const string LogisticRegressionName = "logistic-regression";
    internal const string MahalanobisName = "mahalanobis";
    internal const string NeuralNetworkName = "neural-network";
    internal const string OneClassSvmName = "one-class-svm";
    internal const string PcaName = "pca";
    internal const string RandomForestName = "random-forest";
    internal const string SupportVectorMachineName = "support-vector-machine";

    /// <summary>The detectors, in alphabetical order.</summary>
    public static IReadOnlyList<DetectorDescriptor> All { get; } =
    [
        DetectorDescriptor.For<AutoencoderOptions>(
            AutoencoderName, options => new Autoencoder(options), AutoencoderModel.Read) with { IsScaleSensitive = true },
        DetectorDescriptor.For<BaggingOptions>(BaggingName, options => new Bagging(options), BaggingModel.Read) with
        {
            Labels = LabelUse.Welcome,
            IsScaleSensitive = true,
        },
        DetectorDescriptor.For<DbscanOptions>(DbscanName, options => new Dbscan(options), DbscanModel.Read) with { IsScaleSensitive = true },
        DetectorDescriptor.For<EcodOptions>(EcodName, options => new Ecod(options), EcodModel.Read),
        DetectorDescriptor.For<EnsembleOptions>(EnsembleName, options => new Ensemble(options), EnsembleModel.Read) with
        {
            Labels = LabelUse.Welcome,
            IsScaleSensitive = true,
        },
        DetectorDescriptor.For<GradientBoostingOptions>(
            GradientBoostingName, options => new GradientBoosting(options), GradientBoostingModel.Read) with
        {
            Labels = LabelUse.Needed,
            AcceptsMissing = true,
        },
        DetectorDescriptor.For<HalfSpaceTreesOptions>(HalfSpaceTreesName, options => new HalfSpaceTrees(options), HalfSpaceTreesModel.Read),
        DetectorDescriptor.For<HistogramOptions>(HistogramName, options => new Histogram(options), HistogramModel.Read),
        DetectorDescriptor.For<IsolationForestOptions>(
            IsolationForestName, options => new IsolationForest(options), IsolationForest.ReadModel),
        DetectorDescriptor.For<KMeansOptions>(KMeansName, options => new KMeans(options), KMeansModel.Read) with { IsScaleSensitive = true },
        DetectorDescriptor.For<KNearestNeighboursOptions>(
            KNearestNeighboursName, options => new KNearestNeighbours(options), KNearestNeighboursModel.Read) with { IsScaleSensitive = true },
        DetectorDescriptor.For<LocalOutlierFactorOptions>(
            LocalOutlierFactorName, options => new LocalOutlierFactor(options), LocalOutlierFactorModel.Read) with { IsScaleSensitive = true },
        DetectorDescriptor.For<LogisticRegressionOptions>(
            LogisticRegressionName, options => new LogisticRegression(options), LogisticRegressionModel.Read) with
        { Labels = LabelUse.Needed },
        DetectorDescriptor.For<MahalanobisOptions>(
            MahalanobisName, options => new Mahalanobis(options), MahalanobisModel.Read) with { IsScaleSensitive = true },
        DetectorDescriptor.For<NeuralNetworkOptions>(
            NeuralNetworkName, options => new NeuralNetwork(options), NeuralNetworkModel.Read) with
        { IsScaleSensitive = true, Labels = LabelUse.Needed },
        DetectorDescriptor.For<OneClassSvmOptions>(
            OneClassSvmName, options => new OneClassSvm(options), OneClassSvmModel.Read) with { IsScaleSensitive = true },
        DetectorDescriptor.For<PcaOptions>(PcaName, options => new Pca(options), PcaModel.Read) with { IsScaleSensitive = true },
        DetectorDescriptor.For<RandomForestOptions>(
            RandomForestName, options => new RandomForest(options), RandomForestModel.Read) with
        {
            Labels = LabelUse.Needed,
            AcceptsMissing = true,
        },
        DetectorDescriptor.For<SupportVectorMachineOptions>(
            SupportVectorMachineName, options => new SupportVectorMachine(options), SupportVectorMachineModel.Read) with
            {
                Labels = LabelUse.Needed,
                IsScaleSensitive = true,
            },
    ];

    /// <summary>The detector of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the text lists the names there are.</exception>
    public static DetectorDescriptor Get(string name) =>
        All.FirstOrDefault(detector => detector.Name == name)
        ?? throw new ArgumentException($"'{name}' is not one of: {string.Join(", ", All.Select(detector => detector.Name))}.", nameof(name));
}
