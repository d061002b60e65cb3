/** Messages as people send them, one for each role. */
export const SAMPLES = {
  code: `What does this do?
\`\`\`python
import os
from pathlib import Path

def total_size(folder):
    return sum(size_of(path) for path in Path(folder).iterdir())

def size_of(path):
    return os.path.getsize(path)
\`\`\``,

  diff: `Can you review this?
\`\`\`diff
diff --git a/src/login.js b/src/login.js
--- a/src/login.js
+++ b/src/login.js
@@ -10,3 +10,5 @@ function login(user) {
   const name = user.name;
+  const password = "hunter2-hunter2";
+  eval(user.script);
   return session(name);
 }
\`\`\``,

  trace: `My service dies with this, why?

TypeError: Cannot read properties of undefined (reading 'total')
    at sum (/srv/shop/node_modules/lodash/sum.js:17:22)
    at checkout (/srv/shop/src/cart/checkout.ts:42:15)
    at Layer.handle (/srv/shop/node_modules/express/lib/router/layer.js:95:5)`,

  json: `Generate TypeScript types for this response:
\`\`\`json
{"id": 7, "name": "Ada", "tags": ["x", "y"], "address": {"city": "London", "zip": null}}
\`\`\``,

  readme: `Write a README for this module:
\`\`\`typescript
/** Adds two numbers. */
export function add(left: number, right: number): number {
  return left + right;
}
\`\`\``,
} as const;
