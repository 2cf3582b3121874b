/** The peer of a frame or sighting as it is shown: `tcp 10.0.0.1:40112`. */

/** Port 0 is none: what the gateway finds by itself (who is silent) has an address and no connection. */
export const peerText = (origin: string): string => origin.replace(/:0$/, '')
