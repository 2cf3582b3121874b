/** For sockets that only ever get IP addresses: Node would look each up with every datagram, one turn of its loop later. */
import type { SocketOptions } from 'node:dgram'
import { isIP } from 'node:net'

export const plainLookup: NonNullable<SocketOptions['lookup']> = (address, _options, callback) =>
  callback(null, address, isIP(address))
