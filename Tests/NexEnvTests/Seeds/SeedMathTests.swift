import ClientTesting
import Foundation
import NexEnv
import Testing

@Suite struct SeedMathTests {
    @Test func `logarithm and exponential are those of the C library, nearly to the last bit`() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            let number = Double.random(in: 1e-9...1e9, using: &random)
            let distance = abs(SeedMath.log(number) - log(number))
            #expect(distance <= 4 * max(log(number).ulp, 1e-17))
            let power = Double.random(in: -700...700, using: &random)
            #expect(abs(SeedMath.exp(power) - exp(power)) <= 8 * exp(power).ulp)
        }
        #expect(SeedMath.log(1) == 0)
        #expect(SeedMath.exp(0) == 1)
        #expect(SeedMath.exp(1000) == .infinity)
        #expect(SeedMath.exp(-1000) == 0)
    }

    /// Python's `statistics.NormalDist().inv_cdf`.
    @Test(arguments: [
        (1e-300, -37.0470962993612), (1e-16, -8.222082216130435), (1e-10, -6.361340902404056),
        (0.001, -3.090232306167813), (0.025, -1.9599639845400538), (0.075, -1.4395314709384557),
        (0.0750000001, -1.4395314702320186), (0.3, -0.5244005127080407), (0.5, 0.0), (0.7, 0.5244005127080407),
        (0.925, 1.439531470938456), (0.9999, 3.7190164854557084), (0.9999999999, 6.361340889697421),
    ])
    func `quantiles of the normal distribution`(probability: Double, value: Double) {
        #expect(abs(SeedMath.normalQuantile(probability) - value) <= abs(value) * 2e-15)
    }

    @Test(arguments: [(1, 1.0), (10, 1.0), (1000, 1.0), (1000, 0.5), (1000, 1.5), (1000, 2.0), (3, 0.1)])
    func `ranks follow Zipf's law`(count: Int, exponent: Double) {
        let zipf = SeedZipf(count: UInt64(count), exponent: exponent)
        var random = SeedRandom(11)
        var cells = [Int](repeating: 0, count: min(count, 10))
        for _ in 0..<50_000 {
            let rank = Int(zipf.rank(&random))
            #expect(1...count ~= rank)
            // The last cell takes all ranks from the tenth on.
            cells[min(rank, cells.count) - 1] += 1
        }
        let powers = (1...count).map { pow(Double($0), -exponent) }
        let weights = powers.prefix(cells.count - 1) + [powers.dropFirst(cells.count - 1).reduce(0, +)]
        // Nine degrees of freedom: 40 is passed once in a hundred thousand times.
        #expect(chiSquare(cells, weights: Array(weights)) < 40)
    }

    @Test func `Zipf's law holds for counts that no table would`() {
        let zipf = SeedZipf(count: 1 << 52, exponent: 1)
        var random = SeedRandom(12)
        let ranks = (0..<10_000).map { _ in zipf.rank(&random) }
        #expect(ranks.max() ?? 0 > 1 << 40)
        // One in log(2⁵²) + 0.58 = 36.6 is the first.
        let first = ranks.count { $0 == 1 }
        #expect(200...350 ~= first)
    }
}
