declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
declare module "*/dist/esbuild.js" {
  export * from "esbuild-wasm";
}
