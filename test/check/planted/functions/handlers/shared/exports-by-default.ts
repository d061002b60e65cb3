// caught by lint/style/noDefaultExport: Avoid default exports
export default 1;
