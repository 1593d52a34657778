#!/usr/bin/env python3
"""usage: manifests.py DIR COUNT PERCENT: writes COUNT manifests of 1 to 2 KiB, of which PERCENT have findings."""
import os
import sys

HEAD = """# part of the shop
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-{i}
  namespace: team-{team}
  labels:
    app.kubernetes.io/name: web-{i}
    app.kubernetes.io/part-of: shop
    app.kubernetes.io/version: "1.{team}.0"
spec:
  replicas: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: web-{i}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: web-{i}
        app.kubernetes.io/part-of: shop
    spec:
      automountServiceAccountToken: false
      hostUsers: false
      securityContext:
        runAsNonRoot: true
        seccompProfile:
          type: RuntimeDefault
        appArmorProfile:
          type: RuntimeDefault
      containers:
      - name: web
        image: registry.example.com:5000/shop/web@sha256:{i:064x}
        args: ["--port", "8080", "--name=web-{i}"]
        ports:
        - containerPort: 8080
          name: http
        env:
        - name: LOG_LEVEL
          value: info
        - name: UPSTREAM
          value: http://backend-{team}.shop.svc:8080
        - name: GREETING
          valueFrom:
            configMapKeyRef: {{name: web-{i}, key: greeting}}
        resources:
          requests: {{cpu: 100m, memory: 128Mi, ephemeral-storage: 64Mi}}
          limits: {{cpu: "1", memory: 256Mi, ephemeral-storage: 256Mi}}
        readinessProbe:
          httpGet: {{path: /healthz, port: http}}
          periodSeconds: 5
"""
GOOD = """        securityContext:
          allowPrivilegeEscalation: false
          runAsUser: 10001
          readOnlyRootFilesystem: true
          capabilities:
            drop: [ALL]
        volumeMounts:
        - name: tmp
          mountPath: /tmp
      volumes:
      - name: tmp
        emptyDir: {{sizeLimit: 64Mi}}
"""
BAD = """        securityContext:
          privileged: true
          runAsUser: 0
        volumeMounts:
        - name: socket
          mountPath: /run/docker.sock
      volumes:
      - name: socket
        hostPath: {{path: /run/docker.sock}}
"""

directory, count, percent = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for i in range(count):
    if i % 500 == 0:
        os.makedirs("%s/%d" % (directory, i // 500), exist_ok=True)
    with open("%s/%d/web-%d.yaml" % (directory, i // 500, i), "w", encoding="ascii") as file:
        file.write((HEAD + (BAD if i * 7 % 100 < percent else GOOD)).format(i=i, team=i % 17))
