import { createHmac } from "node:crypto";

const STEP = 30_000;

/** An authenticator (RFC 6238). The server takes each code once, and those of the neighbouring steps. */
export class Authenticator {
    private used = 0;

    constructor(private readonly secret: string) {}

    /** A code that was not given out before. Waits where none of the three is left. */
    async next(): Promise<string> {
        const now = Math.floor(Date.now() / STEP);
        const step = Math.max(this.used + 1, now - 1);
        if (step > now + 1) {
            await new Promise((resolve) => setTimeout(resolve, step * STEP - STEP - Date.now()));
        }
        this.used = step;
        return codeOf(this.secret, step);
    }
}

function codeOf(secret: string, step: number): string {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const hash = createHmac("sha1", fromBase32(secret)).update(counter).digest();
    const offset = hash[hash.length - 1]! & 15;
    return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

function fromBase32(text: string): Buffer {
    let bits = "";
    for (const letter of text.replace(/=/g, "")) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
    return Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
}
