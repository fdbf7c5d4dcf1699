import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** Stands between the browser and the server. Shut, it looks as if the server were gone. */
export interface Gate {
    readonly port: number;
    shut(): void;
    open(): void;
    stop(): void;
}

export async function createGate(target: number): Promise<Gate> {
    const sockets = new Set<Socket>();
    let isOpen = true;
    const server = createServer((socket) => {
        if (!isOpen) return void socket.destroy();
        const onward = connect(target, "127.0.0.1");
        for (const [one, other] of [[socket, onward], [onward, socket]] as const) {
            sockets.add(one);
            one.on("error", () => other.destroy());
            one.on("close", () => (sockets.delete(one), other.destroy()));
            one.pipe(other);
        }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const cut = () => sockets.forEach((socket) => socket.destroy());
    return {
        port: (server.address() as AddressInfo).port,
        shut: () => ((isOpen = false), cut()),
        open: () => void (isOpen = true),
        stop: () => (cut(), void server.close()),
    };
}
