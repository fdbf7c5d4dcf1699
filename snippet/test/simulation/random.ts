/** Numbers that look random and are the same in every run of a seed (mulberry32). */
export function createRandom(seed: number) {
    const next = () => {
        seed = (seed + 0x6d2b79f5) | 0;
        let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
    return { next, below: (limit: number) => Math.floor(next() * limit), between: (low: number, high: number) => low + next() * (high - low) };
}

export type Random = ReturnType<typeof createRandom>;
