/** Builds the console into web-console/dist; `vite` alone serves it for development in front of a gateway on this machine. */
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const gateway = 'http://127.0.0.1:8080'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 1_200,
    // Sheets on paper are set in the same fonts: the gateway reads every slice as a file.
    assetsInlineLimit: file => (file.endsWith('.woff2') ? false : undefined)
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': gateway, '/feed': { target: gateway, ws: true } } }
})
