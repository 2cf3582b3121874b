/** For tests: connections that say nothing, all of one other address of this machine. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Opens them one after the other; each end is counted. The caller ends the crowd. */
export async function silentCrowd(port: number, count: number, localAddress = '127.0.0.66') {
  const sockets: Socket[] = []
  let closed = 0
  for (let n = 0; n < count; n++) {
    const socket = connect({ host: '127.0.0.1', port, localAddress })
    socket.on('error', () => {})
    socket.once('close', () => {
      closed += 1
    })
    await once(socket, 'connect')
    sockets.push(socket)
  }
  return {
    get closed() {
      return closed
    },
    end: () => {
      for (const socket of sockets) socket.destroy()
    }
  }
}
